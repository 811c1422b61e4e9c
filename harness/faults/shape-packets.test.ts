import { expect } from "chai";
import { deviceIn, judgeShaping, shapingIn } from "./shape-packets.js";

const SHOWN = `qdisc noqueue 0: dev lo root refcnt 2
 Sent 0 bytes 0 pkt (dropped 0, overlimits 0 requeues 0)
 backlog 0b 0p requeues 0
qdisc tbf 8001: dev veth1a2b root refcnt 2 rate 400Kbit burst 16Kb lat 400ms
 Sent 12345 bytes 67 pkt (dropped 8, overlimits 90 requeues 0)
 backlog 0b 0p requeues 0
`;

describe("the cable of a gateway", () => {
  it("is the device that the node routes its address through, never the node's own", () => {
    expect(deviceIn("10.244.1.3 dev veth1a2b src 10.244.1.1 uid 0")).to.equal("veth1a2b");
    expect(deviceIn("10.244.1.3 via 172.18.0.4 dev eth0 src 172.18.0.3")).to.equal(undefined);
    expect(deviceIn("local 127.0.0.1 dev lo")).to.equal(undefined);
  });
});

describe("the proof of shaped packets", () => {
  it("is what the queueing discipline of that device held back", () => {
    const shaping = shapingIn(SHOWN, "veth1a2b");
    expect(shaping).to.deep.equal({ kind: "tbf", sent: 67, dropped: 8, overlimits: 90 });
    expect(judgeShaping("gw-1", shaping)).to.deep.equal({
      done: true,
      value: "tbf before gw-1: 67 packets sent, 90 times over the limit, 8 dropped",
    });
  });

  it("fails without a discipline of ours, or when nothing had to wait", () => {
    const none = shapingIn(SHOWN, "veth9");
    expect(none.kind).to.equal("none");
    expect(judgeShaping("gw-1", none).done).to.equal(false);
    const idle = { kind: "tbf", sent: 5, dropped: 0, overlimits: 0 };
    expect(judgeShaping("gw-1", idle).done).to.equal(false);
  });

  it("of a delay is that packets passed it", () => {
    const delayed = { kind: "netem", sent: 5, dropped: 0, overlimits: 0 };
    expect(judgeShaping("gw-1", delayed).done).to.equal(true);
    expect(judgeShaping("gw-1", { ...delayed, sent: 0 }).done).to.equal(false);
  });
});
