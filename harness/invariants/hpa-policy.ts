/**
 * Property: the autoscaler keeps its rules. The number of gateway pods that are not on their way out, from
 * calibration on, stays within min and max replicas and changes no faster than the policies of its behavior allow,
 * and not against a change that is younger than the stabilization window. A number counts once it has lasted 10 s:
 * pods that a fault takes away are replaced sooner. Changes while pods of two templates are there are a rollout's,
 * and are not judged; nor is a rise to a minimum that a fault set by hand. Inconclusive without an autoscaler or when
 * no gateway was seen.
 */
import type { InvariantResult } from "../model/invariant.js";
import { raisedMinimum } from "../model/pod-faults.js";
import type { Verdict } from "../model/verdict.js";
import { brokenRules, type MinimumByHand } from "../oracle/autoscaler.js";
import { gatewayLevels, mostGateways } from "../oracle/gateway-levels.js";
import type { Judged } from "./classify.js";
import { evidenceRows, number, result } from "./result.js";

const PROPERTY = "The number of gateways stays within the autoscaler's bounds and policies.";
/** Longest from another minimum to the gateways that show it: the autoscaler looks every 15 s. */
const BY_HAND_LAG_MS = 45_000;
/** Two decisions of the autoscaler may show that much closer together than they were made. */
const SLACK_MS = 5_000;

export async function hpaPolicy(judged: Judged): Promise<InvariantResult> {
  const { facts, topology, calibrationStartMs } = judged;
  const { autoscaler } = facts.gateway;
  const spans = gatewayLevels(topology, calibrationStartMs);
  const levels = spans.flat();
  const byHand = await minimumsByHand(judged);
  const broken =
    autoscaler === null
      ? []
      : spans.flatMap((span) => brokenRules(span, autoscaler, SLACK_MS, byHand));
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

/** The minimums that faults set, from before the first change of one until its healing shows. */
async function minimumsByHand({ history, topology }: Judged): Promise<MinimumByHand[]> {
  const rows = await history.query<Strike>(
    `SELECT fault, min(at_ms) AS "fromMs",
       coalesce(min(at_ms) FILTER (step = 'injected'), max(at_ms)) AS "struckMs",
       coalesce(max(at_ms) FILTER (step = 'healed'), 'Infinity'::DOUBLE) + ${String(BY_HAND_LAG_MS)} AS "toMs"
     FROM faults GROUP BY fault ORDER BY fault`,
  );
  const { faults } = history.facts.scenario;
  return rows.flatMap(({ fault, fromMs, struckMs, toMs }) => {
    const spec = faults[fault]?.fault;
    if (spec?.kind !== "min-replicas") return [];
    const there = mostGateways(topology, { fromMs, toMs: struckMs });
    return [{ fromMs, toMs, minReplicas: raisedMinimum(spec, there) }];
  });
}

interface Strike {
  readonly fault: number;
  readonly fromMs: number;
  /** When the minimum had been set. */
  readonly struckMs: number;
  readonly toMs: number;
}
