import { expect } from "chai";
import { hostFacts, memoryFact } from "./host-facts.js";

describe("what a host has", () => {
  it("little memory comes with what to do, enough of it does not", () => {
    expect(memoryFact(16e9, 4)).to.deep.equal({ what: "memory", found: "16.0 GB, 4 CPUs" });
    expect(memoryFact(4e9, 2).fix).to.contain("give Docker");
  });

  it("is told without Docker too", async () => {
    const before = process.env["DOCKER_HOST"];
    process.env["DOCKER_HOST"] = "unix:///nonexistent/docker.sock";
    try {
      const facts = await hostFacts();
      expect(facts.map(({ what }) => what)).to.include.members(["node", "kind", "kubectl"]);
      expect(facts.map(({ what }) => what)).not.to.include("docker");
    } finally {
      if (before === undefined) delete process.env["DOCKER_HOST"];
      else process.env["DOCKER_HOST"] = before;
    }
  });
});
