import { expect } from "chai";
import { clientsIn, judgeProxy } from "./delay-proxy.js";

const SHOWN = `0      0         172.18.0.3:24317    10.244.2.5:40112
0      12        172.18.0.3:24317    10.244.1.4:52001
0      0     [::ffff:172.18.0.3]:24317 [::ffff:10.244.3.2]:40113
`;

describe("the clients of a proxy", () => {
  it("are who is at the far end of its connections", () => {
    expect(clientsIn(SHOWN)).to.deep.equal(["10.244.2.5", "10.244.1.4", "10.244.3.2"]);
    expect(clientsIn("\n")).to.deep.equal([]);
  });
});

describe("the proof that agents go through a proxy", () => {
  const seen = { agents: ["10.244.1.4", "10.244.2.5"], clients: clientsIn(SHOWN), led: 4 };

  it("is that each of them is connected to it, led there by the rule", () => {
    expect(judgeProxy("gw-1", seen)).to.deep.equal({
      done: true,
      value: "2 of 2 agents reach gw-1 through the proxy, 4 connections were led to it",
    });
  });

  it("fails when one agent is not, without any agent, and when the rule led nobody", () => {
    expect(judgeProxy("gw-1", { ...seen, agents: [...seen.agents, "10.244.4.9"] })).to.deep.equal({
      done: false,
      seen: "2 of 3 agents reach gw-1 through the proxy, 4 connections were led to it",
    });
    expect(judgeProxy("gw-1", { ...seen, agents: [] }).done).to.equal(false);
    expect(judgeProxy("gw-1", { ...seen, led: 0 }).done).to.equal(false);
  });

  it("takes no other client for an agent", () => {
    const others = { ...seen, clients: ["172.18.0.2", "10.244.1.40"] };
    expect(judgeProxy("gw-1", others).done).to.equal(false);
  });
});
