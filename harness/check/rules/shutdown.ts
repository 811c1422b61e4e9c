/**
 * A gateway that stops loses as little as it can: its grace period covers what it holds, and it takes requests until
 * the agents have forgotten it.
 */
import { batchOf, samplingOf } from "../../oracle/collector-config.js";
import {
  DEFAULT_TERMINATION_GRACE_MS,
  FLUSHES_SINCE,
  SAMPLING_TICK_MS,
} from "../../oracle/collector-defaults.js";
import { loadBalancingOf } from "../../oracle/load-balancing.js";
import { agentResolver } from "../../oracle/resolver.js";
import { ofKind } from "../../oracle/manifests.js";
import { at, isMapping, listOf, mappingOf, numberOr, textOf } from "../../oracle/untyped.js";
import { finding, type Check, type CheckedDeployment } from "../checked-deployment.js";
import type { Collector } from "../collectors.js";
import type { Finding } from "../finding.js";
import { POD_SPEC } from "../objects.js";
import { isBefore, releaseOf } from "../../oracle/release.js";

export const shutdown: Check = (deployment) => [...undecided(deployment), ...preStop(deployment)];

const graceMsOf = ({ podSpec }: Collector): number =>
  numberOr(podSpec["terminationGracePeriodSeconds"], DEFAULT_TERMINATION_GRACE_MS / 1_000) * 1_000;

const seconds = (ms: number): string => `${String(ms / 1_000)} s`;

/**
 * The grace period must cover decision wait, the tick that notices it, and the batch behind it. An older collector
 * forgets undecided traces however long it is given.
 */
function undecided(deployment: CheckedDeployment): Finding[] {
  const { gateway } = deployment;
  const sampling = samplingOf(gateway.config, gateway.image);
  if (sampling === null) return [];
  const graceMs = graceMsOf(gateway);
  const gracePlace = deployment.place(gateway.object, ...POD_SPEC, "terminationGracePeriodSeconds");
  const findings: Finding[] = [];
  const needMs =
    sampling.decisionWaitMs + SAMPLING_TICK_MS + batchOf(gateway.config, "traces").timeoutMs;
  if (graceMs < needMs) {
    findings.push(
      finding(
        "warning",
        "grace-too-short",
        gracePlace,
        `${gateway.title} has ${seconds(graceMs)} to stop, and a trace may wait ` +
          `${seconds(needMs)} in it for its decision and its batch, so it is killed ` +
          "with what it holds.",
        "Set terminationGracePeriodSeconds to more than " +
          `${String(Math.ceil(needMs / 1_000))}, or shorten decision_wait.`,
      ),
    );
  }
  if (isBefore(gateway.image, FLUSHES_SINCE)) {
    const release = releaseOf(gateway.image)?.join(".") ?? "";
    findings.push(
      finding(
        "warning",
        "undecided-traces",
        processorPlace(deployment),
        `A gateway of release ${release} forgets the traces of the last ` +
          `${seconds(sampling.decisionWaitMs)} when it stops, whatever its grace ` +
          "period (opentelemetry-collector-contrib#26490).",
        "Use release 0.141 or later, or expect this loss at every restart, roll-out and scale-in.",
      ),
    );
  }
  return findings;
}

export function processorPlace({ gateway, configPlace }: CheckedDeployment) {
  const ids = Object.keys(mappingOf(gateway.config["processors"]));
  const id = ids.find((one) => one.split("/")[0] === "tail_sampling") ?? "tail_sampling";
  return configPlace(gateway, "processors", id, "decision_wait");
}

/**
 * Receivers close at SIGTERM, while DNS and the agents' ring still hold the pod for a while. Silent about resolvers
 * that do not ask DNS: a static one never forgets, and a watch is not a matter of intervals.
 */
function preStop(deployment: CheckedDeployment): Finding[] {
  const { agent, gateway, containerPlace } = deployment;
  const balancing = loadBalancingOf(agent.config);
  if (!isMapping(at(balancing, "resolver", "dns"))) return [];
  const hook = at(gateway.container, "lifecycle", "preStop");
  const { intervalMs, timeoutMs } = agentResolver(
    mappingOf(balancing),
    ofKind(deployment.objects, "Service"),
  );
  const needS = Math.ceil((intervalMs + timeoutMs) / 1_000);
  if (!isMapping(hook)) {
    return [
      finding(
        "warning",
        "no-pre-stop",
        containerPlace(gateway, "lifecycle"),
        `${gateway.title} closes its receivers at once when it stops, while the ` +
          `agents look its address up only every ${String(needS - timeoutMs / 1_000)} ` +
          "s and DNS caches it, so what they send meanwhile fails.",
        `Add lifecycle.preStop.sleep (Kubernetes 1.30 and later) of ${String(needS)} ` +
          "s and the DNS cache time, and add it to the grace period.",
      ),
    ];
  }
  const command = listOf(at(hook, "exec", "command")).map(textOf);
  const findings: Finding[] = [];
  // The collector's own images are built from nothing.
  if (command.length > 0 && /\/opentelemetry-collector/.test(gateway.image)) {
    findings.push(
      finding(
        "warning",
        "pre-stop-command",
        containerPlace(gateway, "lifecycle", "preStop", "exec"),
        `The preStop of ${gateway.title} runs ${command.join(" ")}, and the ` +
          "collector's image has neither a shell nor sleep, so it fails and nothing " +
          "waits.",
        "Use preStop.sleep, which the kubelet itself does (Kubernetes 1.30 and later).",
      ),
    );
  }
  const sleepS = numberOr(at(hook, "sleep", "seconds"), NaN);
  const place = containerPlace(gateway, "lifecycle", "preStop", "sleep", "seconds");
  if (sleepS < needS) {
    findings.push(
      finding(
        "warning",
        "pre-stop-too-short",
        place,
        `${gateway.title} waits ${String(sleepS)} s before it stops, and the agents ` +
          `need up to ${String(needS)} s and the DNS cache time to forget it.`,
        `Wait more than ${String(needS)} s and the DNS cache time.`,
      ),
    );
  }
  if (sleepS * 1_000 >= graceMsOf(gateway)) {
    findings.push(
      finding(
        "warning",
        "pre-stop-too-long",
        place,
        `The preStop of ${gateway.title} takes ${String(sleepS)} s of a grace period ` +
          `of ${seconds(graceMsOf(gateway))}, so the collector is killed before it can ` +
          "stop.",
        "Make terminationGracePeriodSeconds longer than preStop and shutdown together.",
      ),
    );
  }
  return findings;
}
