import { killGateway, scenario, seconds, traceAffinity, zeroLoss } from "../../harness/index.js";

/**
 * Gateways restart in place. Their memory may be lost, and no budget limits that here; but what agents still held had
 * only to be sent again, and nothing explains that it was not. The kubelet starts a container at once when it ends for
 * the first time, and after 10 s when it ends again: long enough to be told from a loss of memory every time.
 */
export default scenario({
  name: "agent-without-retry",
  description:
    "Control: agents that do not retry, while every gateway's container is killed twice.",
  tags: ["controls", "release"],
  deployment: "agent-without-retry",
  workload: { tracesPerSecond: 200, spansPerTrace: 4 },
  faults: [
    { at: seconds(2), fault: killGateway({ how: "sigkill", pick: "all" }) },
    { at: seconds(14), fault: killGateway({ how: "sigkill", pick: "all" }) },
  ],
  load: seconds(35),
  invariants: [zeroLoss({ explained: 1 }), traceAffinity()],
  expect: { verdict: "fail", invariant: "zero-loss" },
});
