/**
 * Property: before any fault, the predicted gateway and the predicted sampling decision fit every trace. Only
 * traces count that one gateway set could own, whose decision is certain, and that had their full time before
 * the load phase and before the journals were cut. Too few of them, or one misfit, makes the run inconclusive:
 * then the oracle does not model this deployment.
 */
import type { Calibration, InvariantResult } from "../model/invariant.js";
import type { Judged } from "./classify.js";
import { holdMs } from "../oracle/holds.js";
import { evidenceOf, number, result } from "./result.js";

const PROPERTY = "Without a fault, owner and sampling decision of every trace are as predicted.";

export async function calibration(spec: Calibration, judged: Judged): Promise<InvariantResult> {
  const { history, facts } = judged;
  const untilMs = Math.min(judged.loadStartMs, judged.firstFaultMs, judged.cutMs);
  const dueMs = untilMs - holdMs(facts, "traces");
  const [counts] = await history
    .query<{ due: number; owner: number; kept: number }>(
      `CREATE OR REPLACE TABLE calibrated AS
     SELECT key, class, kept, as_predicted AS kept_fits, NOT misrouted AS owner_fits
     FROM traces WHERE complete_ms <= $due AND kept <> 'uncertain' AND one_owner`.replace(
        "$due",
        String(dueMs),
      ),
    )
    .then(() =>
      history.query<{ due: number; owner: number; kept: number }>(
        `SELECT count(*) AS due, count(*) FILTER (NOT owner_fits) AS owner,
         count(*) FILTER (NOT kept_fits) AS kept FROM calibrated`,
      ),
    );
  const { due, owner, kept } = counts ?? { due: 0, owner: 0, kept: 0 };
  const fits = due >= spec.minTraces && owner === 0 && kept === 0;
  const unknown = [...facts.unpredictableOwner, ...facts.unpredictableSampling][0];
  const misfit = `${number(owner)} from another gateway, ${number(kept)} decided otherwise`;
  return result("calibration", PROPERTY, fits ? "pass" : "inconclusive", {
    limit: `at least ${number(spec.minTraces)} traces, all as predicted`,
    actual: `${number(due)} traces, ${misfit}`,
    reason: fits
      ? `owner and decision of ${number(due)} traces were as predicted`
      : unknown !== undefined
        ? `the deployment cannot be predicted: ${unknown}`
        : due < spec.minTraces
          ? `only ${number(due)} traces had their full time before the first fault`
          : `the predictions do not fit this deployment: ${misfit}`,
    evidence: await evidenceOf(
      history,
      ["key", "class", "owner_fits", "kept_fits"],
      "FROM calibrated WHERE NOT (owner_fits AND kept_fits)",
    ),
  });
}
