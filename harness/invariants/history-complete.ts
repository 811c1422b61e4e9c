/**
 * Property: the record is whole. Inconclusive when a journal has a gap or is not what its observer vouched
 * for, the topology was not watched while agents or gateways changed, an observer restarted, the generator fell behind,
 * the system did not fall silent, too little was acknowledged, clocks or records contradict each other, the books do
 * not balance, or an audit lacks what backends have.
 */
import { journalsOf } from "../history/run-facts.js";
import type { Accounting } from "../model/accounting.js";
import type { InvariantResult } from "../model/invariant.js";
import { SIGNALS, type Signal } from "../model/signal.js";
import type { Judged } from "./classify.js";
import { contradictions } from "./contradictions.js";
import { journalProblems } from "./journal-problems.js";
import { number, percent, result } from "./result.js";
import { unseenChanges } from "./excuses.js";

const PROPERTY = "The record of the run is whole.";
/** Of a load that agents mostly did not take, what they took is too little to speak for the deployment. */
const MIN_ACKED_SHARE = 0.5;
/** Further behind its plan than this, the load was not the load that the scenario describes. */
const MAX_LAG_MS = 5_000;

export async function historyComplete(
  judged: Judged,
  books: Record<Signal, Accounting>,
): Promise<InvariantResult> {
  const { history, audit, tally } = judged;
  const { facts } = history;
  const ofJournals = await journalProblems(history, journalsOf(facts.scenario));
  const problems = [...new Set([...ofJournals, ...audit.problems])];
  const tooEarly = tally.reduce((sum, row) => sum + row.tooEarly, 0);
  if (tooEarly > 0) {
    problems.push(`${number(tooEarly)} items were received before they were sent: clocks differ`);
  }
  if (facts.quiesce?.reached !== true) {
    problems.push(
      `the system did not fall silent (${facts.quiesce?.lastSeen ?? "it was not waited for"})`,
    );
  }
  if (facts.generatorMaxLagMs > MAX_LAG_MS) {
    problems.push(
      `the generator fell ${String(Math.round(facts.generatorMaxLagMs))} ms behind its plan`,
    );
  }
  for (const signal of SIGNALS.filter((name) => facts.scenario.workload.signals.includes(name))) {
    const { acked, attempted } = books[signal];
    if (acked === 0) problems.push(`nothing was acknowledged of ${signal}`);
    else if (acked < MIN_ACKED_SHARE * attempted) {
      problems.push(`only ${percent(acked / attempted)} of ${signal} were acknowledged`);
    }
    if (!books[signal].balances) problems.push(`the books of ${signal} do not balance`);
  }
  problems.push(...unseenChanges(judged));
  problems.push(...(await contradictions(history)));
  const [first] = problems;
  return result("history-complete", PROPERTY, first === undefined ? "pass" : "inconclusive", {
    limit: "no gap, no restart, no contradiction, silence reached, books balance",
    actual:
      first === undefined
        ? "all of it"
        : `${String(problems.length)} problem${problems.length === 1 ? "" : "s"}`,
    reason: first ?? "journals are whole, observers did not restart, the system fell silent",
    evidence: {
      columns: ["problem"],
      rows: problems.map((problem) => [problem]),
      total: problems.length,
    },
  });
}
