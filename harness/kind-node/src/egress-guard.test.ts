/** Rules and counters of the egress guard. */
import { readFileSync } from "node:fs";
import { expect } from "chai";
import { kitPath } from "./content.js";
import { parseCounters, renderRules } from "./egress-guard.js";
import { KitError } from "./errors.js";

const template = readFileSync(kitPath("egress-guard", "rules.nft"), "utf8");

describe("egress guard", () => {
  it("every network of the cluster is inside, by its address family", () => {
    const nodes = ["172.18.0.0/16", "fc00:1::/64"];
    const rules = renderRules(template, { pods: "10.1.0.0/16", services: "10.2.0.0/16" }, nodes);
    expect(rules).to.match(/ip daddr \{ 10\.1\.0\.0\/16, 172\.18\.0\.0\/16, 127\.0\.0\.0\/8/);
    expect(rules).to.match(/ip6 daddr \{ fc00:1::\/64, ::1\/128/);
    expect(rules).to.contain("ip daddr 10.2.0.0/16 counter name undelivered_service goto refuse");
    expect(rules).not.to.contain("@");
  });

  it("pods and Services of IPv6 are too", () => {
    const networks = { pods: "fd00:1::/56", services: "fd00:2::/112" };
    const rules = renderRules(template, networks, ["172.18.0.0/16", "fc00:1::/64"]);
    expect(rules).to.match(/ip daddr \{ 172\.18\.0\.0\/16, 127\.0\.0\.0\/8/);
    expect(rules).to.match(/ip6 daddr \{ fd00:1::\/56, fc00:1::\/64, ::1\/128/);
    expect(rules).to.contain("ip6 daddr fd00:2::/112 counter name undelivered_service goto refuse");
  });

  it("undelivered Service packets are judged before the inside networks let anything pass", () => {
    expect(template.indexOf("undelivered_service goto")).to.be.lessThan(
      template.indexOf("@LOCAL_V4@"),
    );
  });

  it("counters are read from what nft prints", () => {
    const text = JSON.stringify({
      nftables: [
        { metainfo: { version: "1.0.6" } },
        {
          counter: { family: "inet", name: "outside", table: "egress_guard", packets: 7, bytes: 1 },
        },
        { counter: { name: "undelivered_service", packets: 2 } },
      ],
    });
    expect(parseCounters("n", text)).to.deep.equal({
      node: "n",
      outside: 7,
      undeliveredService: 2,
    });
  });

  it("a node without the guard is an error, never zero", () => {
    expect(() => parseCounters("n", '{"nftables":[]}')).to.throw(
      KitError,
      "node n has no egress guard",
    );
  });
});
