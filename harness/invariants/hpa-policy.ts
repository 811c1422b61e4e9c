/**
 * Property: the autoscaler keeps its rules. The number of gateway pods that are not on their way out, from
 * calibration on, stays within min and max replicas and changes no faster than the policies of its behavior allow,
 * and not against a change that is younger than the stabilization window. A number counts once it has lasted 10 s:
 * pods that a fault takes away are replaced sooner. Changes while pods of two templates are there are a rollout's,
 * and are not judged. Inconclusive without an autoscaler or when no gateway was seen.
 */
import type { InvariantResult } from "../model/invariant.js";
import type { Verdict } from "../model/verdict.js";
import { brokenRules } from "../oracle/autoscaler.js";
import { gatewayLevels } from "../oracle/gateway-levels.js";
import type { Judged } from "./classify.js";
import { evidenceRows, number, result } from "./result.js";

const PROPERTY = "The number of gateways stays within the autoscaler's bounds and policies.";
/** Two decisions of the autoscaler may show that much closer together than they were made. */
const SLACK_MS = 5_000;

export async function hpaPolicy({ history, facts, topology }: Judged): Promise<InvariantResult> {
  const [begin] = await history.query<{ atMs: number | null }>(
    `SELECT min(at_ms) AS "atMs" FROM phases WHERE phase = 'calibrate'`,
  );
  const { autoscaler } = facts.gateway;
  const spans = gatewayLevels(topology, begin?.atMs ?? 0);
  const levels = spans.flat();
  const broken =
    autoscaler === null ? [] : spans.flatMap((span) => brokenRules(span, autoscaler, SLACK_MS));
  const [verdict, reason] = ((): [Verdict, string] => {
    const [first] = broken;
    if (autoscaler === null) return ["inconclusive", "the deployment has no autoscaler"];
    if (levels.length === 0) return ["inconclusive", "no gateway was seen"];
    if (first !== undefined) return ["fail", `${number(first.pods)} gateways: ${first.what}`];
    const changes = levels.length - spans.length;
    return [
      "pass",
      changes === 0
        ? "the number of gateways stayed within the bounds and never changed"
        : `the number of gateways changed ${number(changes)} times, as the rules allow`,
    ];
  })();
  const pods = levels.map((level) => level.pods);
  return result("hpa-policy", PROPERTY, verdict, {
    limit:
      autoscaler === null
        ? "none"
        : `${number(autoscaler.minReplicas)} to ${number(autoscaler.maxReplicas)} gateways`,
    actual:
      pods.length === 0
        ? "none seen"
        : `${number(Math.min(...pods))} to ${number(Math.max(...pods))} gateways`,
    reason,
    evidence: evidenceRows(
      ["at_ms", "gateways", "broken rule"],
      levels.map(({ atMs, pods }) => [
        atMs,
        pods,
        broken.find((one) => one.atMs === atMs)?.what ?? null,
      ]),
    ),
  });
}
