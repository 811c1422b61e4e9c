/** Judges a sealed history: the classification once, then every invariant, then one verdict and one sentence. */
import type { History } from "../history/open-history.js";
import type { Accounting } from "../model/accounting.js";
import { messageOf } from "../model/errors.js";
import type { InvariantResult, InvariantSpec } from "../model/invariant.js";
import type { RunRecord } from "../model/run-record.js";
import { SIGNALS, type Signal } from "../model/signal.js";
import { mergeVerdicts } from "../model/verdict.js";
import { account } from "./accounting.js";
import { calibration } from "./calibration.js";
import { classify, type Judged } from "./classify.js";
import { countersAgree } from "./counters-agree.js";
import { disruptionBudget } from "./disruption-budget.js";
import { duplicates } from "./duplicates.js";
import { faultsProven } from "./faults-proven.js";
import { freshness } from "./freshness.js";
import { historyComplete } from "./history-complete.js";
import { hpaPolicy } from "./hpa-policy.js";
import { integrity } from "./integrity.js";
import { noStall } from "./no-stall.js";
import { nothingUnexpected } from "./nothing-unexpected.js";
import { reResolution } from "./re-resolution.js";
import { recoveryTime } from "./recovery-time.js";
import { number, percent, result } from "./result.js";
import { samplingExact } from "./sampling-exact.js";
import { spread } from "./spread.js";
import { traceAffinity } from "./trace-affinity.js";
import { unlessExcused } from "./excuses.js";
import { zeroLoss } from "./zero-loss.js";

export type Judgement = Pick<
  RunRecord,
  "verdict" | "headline" | "invariants" | "accounting" | "losses"
>;

/**
 * Judges an open history, once: leaves the tables of classify.ts in its database. `strict` sets every budget
 * of explained loss to 0.
 */
export async function judge(history: History, options: { strict: boolean }): Promise<Judgement> {
  const judged = await classify(history);
  const books = await account(judged);
  const { scenario } = history.facts;
  const always: InvariantSpec[] = [
    { kind: "history-complete" },
    { kind: "calibration", minTraces: scenario.calibration.minTraces },
    { kind: "faults-proven" },
  ];
  const invariants: InvariantResult[] = [];
  for (const spec of [...always, ...scenario.invariants]) {
    invariants.push(await check(strictly(spec, options.strict), judged, books));
  }
  const verdict = mergeVerdicts(invariants.map((invariant) => invariant.verdict));
  const losses = await lossesOf(judged);
  const headline = headlineOf(verdict, invariants, books, scenario.name);
  return { verdict, headline, invariants, accounting: books, losses };
}

/** Only calibration, on the history so far of a run that goes on. */
export async function judgeCalibration(history: History): Promise<InvariantResult> {
  const judged = await classify(history);
  const { minTraces } = history.facts.scenario.calibration;
  return calibration({ kind: "calibration", minTraces }, judged);
}

const strictly = (spec: InvariantSpec, strict: boolean): InvariantSpec =>
  strict && spec.kind === "zero-loss" ? { ...spec, explainedBudget: 0 } : spec;

/** A checker that breaks has seen nothing: inconclusive, with what broke it. */
async function check(
  spec: InvariantSpec,
  judged: Judged,
  books: Record<Signal, Accounting>,
): Promise<InvariantResult> {
  try {
    return unlessExcused(await dispatch(spec, judged, books), judged);
  } catch (thrown) {
    return result(spec.kind, "The checker ran to its end.", "inconclusive", {
      limit: "no error",
      actual: "error",
      reason: `the checker broke: ${messageOf(thrown)}`,
    });
  }
}

function dispatch(
  spec: InvariantSpec,
  judged: Judged,
  books: Record<Signal, Accounting>,
): Promise<InvariantResult> {
  switch (spec.kind) {
    case "zero-loss":
      return zeroLoss(spec, judged, books);
    case "trace-affinity":
      return traceAffinity(judged);
    case "sampling-exact":
      return samplingExact(judged);
    case "integrity":
      return integrity(judged);
    case "freshness":
      return freshness(spec, judged, books);
    case "counters-agree":
      return countersAgree(judged);
    case "re-resolution":
      return reResolution(judged);
    case "no-stall":
      return noStall(spec, judged);
    case "spread":
      return spread(spec, judged);
    case "disruption-budget":
      return disruptionBudget(judged);
    case "hpa-policy":
      return hpaPolicy(judged);
    case "nothing-unexpected":
      return nothingUnexpected(judged);
    case "duplicates":
      return duplicates(spec, judged, books);
    case "recovery-time":
      return recoveryTime(spec, judged);
    case "calibration":
      return calibration(spec, judged);
    case "faults-proven":
      return faultsProven(judged);
    case "history-complete":
      return historyComplete(judged, books);
  }
}

async function lossesOf({ history, tally }: Judged): Promise<RunRecord["losses"]> {
  if (!tally.some(({ state }) => state === "lost")) return [];
  return history.query<RunRecord["losses"][number]>(
    `SELECT signal, place, rule, seen, count(*) AS items,
       count(DISTINCT CASE WHEN signal = 'traces' THEN key END) AS traces,
       min(invoke_ms) AS "firstSentMs", max(invoke_ms) AS "lastSentMs",
       (SELECT f.fault FROM faults f WHERE f.step = 'injected'
        ORDER BY abs(f.at_ms - min(items.invoke_ms)) LIMIT 1) AS fault,
       min(id) AS example
     FROM items WHERE state = 'lost' GROUP BY signal, place, rule, seen ORDER BY count(*) DESC`,
  );
}

/** The first invariant of the run's verdict gives the cause. */
function headlineOf(
  verdict: Judgement["verdict"],
  invariants: readonly InvariantResult[],
  books: Record<Signal, Accounting>,
  scenario: string,
): string {
  const sum = (column: "delivered" | "lostExplained"): number =>
    SIGNALS.reduce((total, signal) => total + books[signal][column], 0);
  if (verdict === "pass") {
    const lost = sum("lostExplained");
    const expected = sum("delivered") + lost;
    const share = expected === 0 ? 0 : lost / expected;
    return (
      `PASS ${scenario}: 0 of ${number(expected)} expected items lost without explanation; ` +
      `${number(lost)} explained (${percent(share)})`
    );
  }
  const cause = invariants.find((invariant) => invariant.verdict === verdict);
  return `${verdict.toUpperCase()} ${cause?.kind ?? scenario}: ${cause?.reason ?? "no invariant was judged"}`;
}
