import { expect } from "chai";
import { checkIPv6, checkNode, diskProblem, dockerProblem } from "./check-host.js";

describe("what a host lacks", () => {
  for (const [stderr, kind, fix] of [
    ["docker is not installed", "no-docker", "install Docker"],
    [
      "permission denied while trying to connect to the Docker daemon socket",
      "docker-denied",
      "usermod",
    ],
    [
      "Cannot connect to the Docker daemon at unix:///nowhere.sock. Is it running?",
      "docker-silent",
      "systemctl start docker",
    ],
    ["", "docker-silent", "systemctl start docker"],
  ] as const) {
    it(`${kind} from: ${stderr || "silence"}`, () => {
      const found = dockerProblem(stderr);
      expect(found.kind).to.equal(kind);
      expect(found.fix).to.contain(fix);
      expect(found.problem).not.to.contain("\n");
    });
  }

  it("a disk that is too full, named with what is free", () => {
    expect(diskProblem("/var/lib/docker", 15e9)).to.deep.equal([]);
    const [problem] = diskProblem("/var/lib/docker", 14.9e9);
    expect(problem?.kind).to.equal("disk-full");
    expect(problem?.problem).to.equal("14.9 GB are free in /var/lib/docker, a run needs 15");
  });

  it("a kernel without IPv6, where Docker has no other", () => {
    expect(checkIPv6("linux", true)).to.deep.equal([]);
    expect(checkIPv6("darwin", false)).to.deep.equal([]);
    expect(checkIPv6("linux", false)[0]?.problem).to.equal("this host's kernel has no IPv6");
  });

  it("a Node that is too old, by its numbers and not its letters", () => {
    for (const version of ["20.19.0", "20.20.2", "22.0.0", "100.1.0"]) {
      expect(checkNode(version), version).to.deep.equal([]);
    }
    for (const version of ["20.9.0", "18.20.0", "9.99.0"]) {
      expect(checkNode(version), version).to.have.length(1);
    }
  });
});
