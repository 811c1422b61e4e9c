import { expect } from "chai";
import { deploymentFacts } from "./deployment-facts.js";
import type { Outage } from "./outages.js";
import { agentNodesIn, pausesIn, stallsIn } from "./stalls.js";
import { renderedDeployment } from "./test-deployments.js";
import { endpointEvent } from "./test-topology.js";

const { agent } = deploymentFacts(renderedDeployment("graceful"));
const frozen: Outage = {
  kind: "frozen",
  nodes: ["n1"],
  uids: [],
  fromMs: 60_000,
  struckMs: 60_100,
  toMs: 160_000,
};
const lag = { lagMs: 13_000, dns: [] };
const events = [endpointEvent(0), endpointEvent(100_000, { ready: false })];
const { timeoutMs } = agent.exporter;

describe("stalls", () => {
  it("last from a silent gateway's departure until it answers again and the last request has failed", () => {
    expect(stallsIn(events, [frozen], agent, lag)).to.deep.equal([
      { fromMs: 99_000, toMs: 160_000 + timeoutMs + 2_000 },
    ]);
  });

  it("last at least until every agent knows of the departure", () => {
    const short = { ...frozen, toMs: 101_000 };
    expect(stallsIn(events, [short], agent, lag)[0]?.toMs).to.equal(113_000 + timeoutMs + 2_000);
    const dns = [{ fromMs: 90_000, toMs: 130_000 }];
    expect(stallsIn(events, [short], agent, { ...lag, dns })[0]?.toMs).to.equal(
      143_000 + timeoutMs + 2_000,
    );
  });

  it("are of no gateway that answers, that stays, or that was not there", () => {
    expect(stallsIn(events, [], agent, lag)).to.deep.equal([]);
    expect(stallsIn(events, [{ ...frozen, nodes: ["n2"] }], agent, lag)).to.deep.equal([]);
    expect(stallsIn(events.slice(0, 1), [frozen], agent, lag)).to.deep.equal([]);
    expect(stallsIn(events.slice(1), [frozen], agent, lag)).to.deep.equal([]);
  });

  it("happen once for a departure, and for no other Service's", () => {
    const again = endpointEvent(101_000, { ready: false, terminating: true });
    expect(stallsIn([...events, again], [frozen], agent, lag)).to.have.length(1);
    const others = events.map((one) => ({ ...one, service: "other" }));
    expect(stallsIn(others, [frozen], agent, lag)).to.deep.equal([]);
  });

  it("are none without a queue for each gateway, nor since 0.97", () => {
    const direct = { ...agent, exporter: { ...agent.exporter, queue: null } };
    expect(stallsIn(events, [frozen], direct, lag)).to.deep.equal([]);
    const current = deploymentFacts(renderedDeployment("current")).agent;
    expect(current.waitsForTheGone).to.equal(false);
    expect(agent.waitsForTheGone).to.equal(true);
    expect(stallsIn(events, [frozen], { ...agent, waitsForTheGone: false }, lag)).to.deep.equal([]);
  });
});

describe("pauses", () => {
  const agents = { agentNodes: ["n1", "n2"], lagMs: 13_000 };

  it("are those of a frozen node's agent, by what it knew, and of every agent in a stall", () => {
    const stalls = [{ fromMs: 300_000, toMs: 310_000 }];
    expect(pausesIn([frozen], stalls, agents)).to.deep.equal([
      { node: "n1", fromMs: 60_000, toMs: 173_000, ringFromMs: 60_000 },
      { node: "n1", fromMs: 300_000, toMs: 310_000, ringFromMs: Infinity },
      { node: "n2", fromMs: 300_000, toMs: 310_000, ringFromMs: Infinity },
    ]);
  });

  it("are one when the next begins before the first is over", () => {
    const stalls = [
      { fromMs: 170_000, toMs: 180_000 },
      { fromMs: 175_000, toMs: 178_000 },
    ];
    expect(pausesIn([frozen], stalls, agents)).to.deep.equal([
      { node: "n1", fromMs: 60_000, toMs: 180_000, ringFromMs: 60_000 },
      { node: "n2", fromMs: 170_000, toMs: 180_000, ringFromMs: Infinity },
    ]);
  });

  it("take the agents' nodes from the topology, each once", () => {
    const agentOn = (node: string) => endpointEvent(0, { source: "pod", tier: "agent", node });
    const topology = [agentOn("n1"), agentOn("n2"), agentOn("n1"), agentOn(""), endpointEvent(0)];
    expect(agentNodesIn(topology)).to.deep.equal(["n1", "n2"]);
  });
});
