/** Records of one history that cannot both be true, each in a sentence that names the record. */
import type { History } from "../history/open-history.js";
import { number } from "./result.js";

/** A query whose first row, if there is one, names a contradiction; and the sentence for it. */
interface Check {
  readonly sql: string;
  readonly says: (name: string, n: number) => string;
}

const CHECKS: readonly Check[] = [
  {
    sql: `SELECT source AS name, seq AS n FROM journal WHERE seq IS NOT NULL
          GROUP BY source, seq HAVING count(*) > 1 ORDER BY source, seq LIMIT 1`,
    says: (source, line) => `line ${number(line)} of the journal of ${source} is there twice`,
  },
  {
    sql: `SELECT op AS name, count(*) AS n FROM operations GROUP BY op HAVING count(*) > 1
          ORDER BY op LIMIT 1`,
    says: (op, n) => `operation ${op} began ${number(n)} times`,
  },
  {
    sql: `SELECT op AS name, 1 AS n FROM operations WHERE complete_ms < invoke_ms
          ORDER BY invoke_ms LIMIT 1`,
    says: (op) => `operation ${op} was answered before it began`,
  },
  {
    sql: `SELECT 'generator' AS name, answers - answered AS n FROM (
            SELECT count(*) FILTER (source = 'generator' AND k = 'complete') AS answers,
                   (SELECT count(complete_ms) FROM operations) AS answered FROM journal)
          WHERE answers > answered`,
    says: (source, n) =>
      `the journal of ${source} holds ${number(n)} answers to no operation, or second answers`,
  },
  {
    sql: `SELECT op AS name, items AS n FROM operations
          LEFT JOIN (SELECT op, count(*) AS sent FROM attempts GROUP BY op) USING (op)
          WHERE items <> coalesce(sent, 0) ORDER BY invoke_ms LIMIT 1`,
    says: (op, n) => `operation ${op} sent ${number(n)} items, but its attempts are not as many`,
  },
  {
    sql: `SELECT source AS name, seq AS n FROM (
            SELECT source, seq FROM receipts UNION ALL SELECT source, seq FROM audit_receipts)
          ANTI JOIN (FROM journal WHERE k = 'receipt') USING (source, seq)
          ORDER BY source, seq LIMIT 1`,
    says: (source, line) => `line ${number(line)} of the journal of ${source} is no receipt`,
  },
  {
    sql: `SELECT proof AS name, fault + 1 AS n FROM faults p WHERE step = 'proven' AND NOT EXISTS (
            SELECT 1 FROM faults i
            WHERE i.fault = p.fault AND i.step = 'injected' AND i.at_ms <= p.at_ms)
          ORDER BY at_ms LIMIT 1`,
    says: (proof, fault) => `fault ${number(fault)} was proven before it was injected (${proof})`,
  },
  {
    sql: `SELECT d.pod AS name, 1 AS n FROM topology d JOIN topology l
            ON l.source = 'pod' AND l.uid = d.uid AND l.at_ms > d.at_ms
          WHERE d.source = 'pod' AND d.change = 'deleted' ORDER BY l.at_ms LIMIT 1`,
    says: (pod) => `pod ${pod} changed after it was deleted`,
  },
];

/** Every contradiction in the record, in the order of the checks; empty when there is none. */
export async function contradictions(history: History): Promise<string[]> {
  const found: string[] = [];
  const { runId } = history.facts;
  const [foreign] = await history.query<{ source: string; run: string }>(
    `SELECT source, run FROM journal WHERE k = 'open' AND run IS DISTINCT FROM $runId
     ORDER BY source LIMIT 1`,
    { runId },
  );
  if (foreign !== undefined) {
    found.push(`the journal of ${foreign.source} is of run ${foreign.run}, not of ${runId}`);
  }
  for (const { sql, says } of CHECKS) {
    const [first] = await history.query<{ name: string; n: number }>(sql);
    if (first !== undefined) found.push(says(first.name, first.n));
  }
  return found;
}
