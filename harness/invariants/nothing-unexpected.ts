/**
 * Property: backends hold nothing but what this run sent: no unknown ID, none of another run. One stray fails.
 * Inconclusive when nothing was received.
 */
import type { InvariantResult } from "../model/invariant.js";
import type { Judged } from "./classify.js";
import { evidenceOf, number, result } from "./result.js";

const PROPERTY = "Backends received only what this run sent.";

export async function nothingUnexpected({ history, tally }: Judged): Promise<InvariantResult> {
  const evidence = await evidenceOf(history, ["signal", "id", "key", "run", "peer"], "FROM strays");
  const strays = evidence.total;
  const received = tally.some(({ receipts }) => receipts > 0);
  const verdict = strays > 0 ? "fail" : received ? "pass" : "inconclusive";
  return result("nothing-unexpected", PROPERTY, verdict, {
    limit: "0",
    actual: number(strays),
    reason:
      strays > 0
        ? `received: ${number(strays)} never sent by this run`
        : received
          ? "nothing unexpected was received"
          : "nothing was received",
    evidence,
  });
}
