import { killGateway, scenario, seconds, traceAffinity, zeroLoss } from "../../harness/index.js";

/**
 * Gateways restart in place. Their memory may be lost, and no budget limits that here; but what they refused meanwhile
 * had only to be sent again, and nothing explains that it was not. The audit tells the one from the other.
 */
export default scenario({
  name: "agent-without-retry",
  description: "Control: agents that do not retry, while every gateway's container is killed once.",
  tags: ["controls", "release"],
  deployment: "agent-without-retry",
  audit: true,
  workload: { tracesPerSecond: 200, spansPerTrace: 4 },
  faults: [{ at: seconds(5), fault: killGateway({ how: "sigkill", pick: "all" }) }],
  load: seconds(20),
  invariants: [zeroLoss({ explained: 1 }), traceAffinity()],
  expect: { verdict: "fail", invariant: "zero-loss" },
});
