/** Property: backends hold nothing but what this run sent: no unknown ID, none of another run. One stray fails. */
import type { InvariantResult } from "../model/invariant.js";
import type { Judged } from "./classify.js";
import { evidenceOf, number, result } from "./result.js";

const PROPERTY = "Backends received only what this run sent.";

export async function nothingUnexpected({ history }: Judged): Promise<InvariantResult> {
  const [count] = await history.query<{ n: number }>("SELECT count(*) AS n FROM strays");
  const strays = count?.n ?? 0;
  return result("nothing-unexpected", PROPERTY, strays === 0 ? "pass" : "fail", {
    limit: "0",
    actual: number(strays),
    reason:
      strays === 0
        ? "nothing unexpected was received"
        : `received: ${number(strays)} never sent by this run`,
    evidence: await evidenceOf(history, ["signal", "id", "key", "run", "peer"], "FROM strays"),
  });
}
