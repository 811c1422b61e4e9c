/** The series of a report from the sealed history of its run. */
import type { History } from "../history/open-history.js";
import type { TopologyEvent } from "../model/history.js";
import { readCollectorLogs } from "./read-collector-logs.js";
import { readSeries } from "./read-series.js";
import type { ReportSeries } from "./series.js";

// The pod that had the peer's address last before the receipt; an address that the watch never
// saw stands for itself.
const withGateway = (view: string, receipts: string): string =>
  `CREATE OR REPLACE VIEW ${view} AS
    SELECT r.signal, r.id, r.at_ms, coalesce(t.pod, r.peer) AS gateway
    FROM ${receipts} r ASOF LEFT JOIN (
      SELECT ip, at_ms, pod FROM topology WHERE source = 'pod' AND tier = 'gateway' AND ip <> ''
    ) t ON r.peer = t.ip AND r.at_ms >= t.at_ms`;

const VIEWS = [
  `CREATE OR REPLACE VIEW report_sends AS
    SELECT a.signal, a.id, a.key, o.node, o.invoke_ms AS sent_ms, o.complete_ms AS answered_ms,
      o.outcome, a.end_ms - a.start_ms AS lasted_ms
    FROM attempts a JOIN operations o USING (op)`,
  withGateway("report_receipts", "receipts"),
  withGateway("report_reached", "audit_receipts"),
];

/**
 * The series of a judged history: one in whose database report_items has been made. `logsDir` holds the logs of
 * the pods, if they were kept.
 */
export async function seriesOf(
  { query, renderedYaml }: Pick<History, "query" | "renderedYaml">,
  logsDir: string,
): Promise<ReportSeries> {
  for (const statement of VIEWS) await query(statement);
  const topology = await query<TopologyEvent>(`
    SELECT at_ms AS "atMs", source, change, pod, uid, tier, ip, node, ready, terminating,
      restarts, service
    FROM topology ORDER BY at_ms`);
  const series = await readSeries((sql) => query(sql), topology);
  return { ...series, logs: await readCollectorLogs(logsDir, series), renderedYaml };
}
