import { scenario, seconds, traceAffinity, zeroLoss } from "../../harness/index.js";

/** Agents that resolve the ClusterIP Service spread a trace over gateways: trace-affinity must say so. */
export default scenario({
  name: "clusterip-service",
  description: "Control: the loadbalancing exporter points at a ClusterIP Service.",
  tags: ["controls", "release"],
  deployment: "clusterip",
  load: seconds(10),
  invariants: [zeroLoss({ explained: "strict" }), traceAffinity()],
  expect: { verdict: "fail", invariant: "trace-affinity" },
});
