/**
 * Property: backends hold nothing but what this run sent, unaltered, stamped with the node it was sent to, and
 * nothing that sampling must have dropped, acknowledged or not.
 */
import type { InvariantResult } from "../model/invariant.js";
import type { Judged } from "./classify.js";
import { evidenceOf, number, result } from "./result.js";

const PROPERTY =
  "Backends received only what was sent, unaltered, and nothing that sampling drops.";

export async function nothingUnexpected({ history }: Judged): Promise<InvariantResult> {
  await history.query(
    `CREATE OR REPLACE TABLE unexpected AS
     SELECT signal, id, key, 'never sent by this run' AS what FROM strays
     UNION ALL SELECT signal, id, key, 'payload altered' FROM items WHERE altered
     UNION ALL SELECT signal, id, key, 'stamped with another node' FROM items WHERE misstamped
     UNION ALL SELECT signal, id, key, 'sampling must have dropped it' FROM items
       WHERE kept = 'no' AND receipts > 0`,
  );
  const kinds = await history.query<{ what: string; n: number }>(
    "SELECT what, count(*) AS n FROM unexpected GROUP BY what ORDER BY n DESC",
  );
  const list = kinds.map(({ what, n }) => `${number(n)} ${what}`).join(", ");
  const none = kinds.length === 0;
  return result("nothing-unexpected", PROPERTY, none ? "pass" : "fail", {
    limit: "0",
    actual: none ? "0" : list,
    reason: none ? "nothing unexpected was received" : `received: ${list}`,
    evidence: await evidenceOf(history, ["what", "signal", "id", "key"], "FROM unexpected"),
  });
}
