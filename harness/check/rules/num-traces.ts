/**
 * Undecided traces fit in a gateway's memory: rate / gateways x (decision_wait + tick) <= num_traces, with all
 * gateways and with one away. Without an expected rate it only says which rate that is.
 */
import { samplingOf } from "../../oracle/collector-config.js";
import { SAMPLING_TICK_MS } from "../../oracle/collector-defaults.js";
import { at, numberOr } from "../../oracle/untyped.js";
import { finding, type Check, type CheckedDeployment } from "../checked-deployment.js";
import { autoscalerFor } from "./autoscaling.js";
import { processorPlace } from "./shutdown.js";

export const numTraces: Check = (deployment) => {
  const { gateway, objects, expectations } = deployment;
  const sampling = samplingOf(gateway.config, gateway.image);
  if (sampling === null) return [];
  const replicas = numberOr(at(gateway.object, "spec", "replicas"), 1);
  const scaler = autoscalerFor(gateway.object, objects);
  const gateways = scaler === undefined ? replicas : numberOr(at(scaler, "spec", "minReplicas"), 1);
  const heldS = (sampling.decisionWaitMs + SAMPLING_TICK_MS) / 1_000;
  const place = placeOf(deployment);
  const most = Math.floor(sampling.numTraces / heldS);
  const holds =
    `With num_traces ${String(sampling.numTraces)} and ${String(heldS)} s until a ` +
    `decision a gateway holds ${String(most)} new traces/s`;
  const rate = expectations.tracesPerSecond;
  if (rate === undefined) {
    return [
      finding(
        "note",
        "num-traces",
        place,
        `${holds}, ${String(gateways)} gateways ${String(most * gateways)}; above ` +
          "that traces are dropped before their decision.",
        "Give --expected-rate to have it checked.",
      ),
    ];
  }
  const needed = (count: number): number => Math.ceil((rate / count) * heldS);
  const all = needed(gateways) <= sampling.numTraces;
  const fewer = Math.max(1, gateways - 1);
  if (all && needed(fewer) <= sampling.numTraces) return [];
  return [
    finding(
      all ? "warning" : "fatal",
      "num-traces",
      place,
      `${holds}; ${String(rate)} traces/s over ${String(all ? fewer : gateways)} ` +
        `gateways${all ? ", with one away," : ""} are more, so traces are dropped ` +
        "before their decision.",
      `Set num_traces to ${String(needed(fewer))} or more, shorten decision_wait, or ` +
        "run more gateways.",
    ),
  ];
};

/** Where num_traces stands, else the wait that it goes with. */
function placeOf(deployment: CheckedDeployment) {
  const { gateway, configPlace } = deployment;
  const processors = at(gateway.config, "processors");
  const id = Object.keys(processors ?? {}).find((one) => one.split("/")[0] === "tail_sampling");
  return at(processors, id ?? "", "num_traces") === undefined
    ? processorPlace(deployment)
    : configPlace(gateway, "processors", id ?? "", "num_traces");
}
