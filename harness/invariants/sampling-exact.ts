/**
 * Property: tail sampling decides about each trace as its configuration says, kept = error or slow or hash. A
 * trace that no policy may keep and of which any span arrived, acknowledged or not, is leaked, and one leak fails.
 * A trace that must be kept and is missing is a loss, which zero-loss judges. Where the gateways do not sample, every
 * trace must be kept and none can leak. Inconclusive when no trace had to be dropped or none that must be kept arrived,
 * and for the classes whose fate a policy decides that cannot be predicted.
 */
import type { Evidence, InvariantResult, InvariantSpec } from "../model/invariant.js";
import type { Verdict } from "../model/verdict.js";
import { samplingFactsOf, type DeploymentFacts } from "../oracle/deployment-facts.js";
import { samplingHash, thresholdFor } from "../oracle/sampling.js";
import type { Judged } from "./classify.js";
import { MAX_ROWS, number, result } from "./result.js";

const KIND: InvariantSpec["kind"] = "sampling-exact";
const PROPERTY =
  "Sampling keeps exactly the traces with an error, slow ones, and those of the hash.";

interface Decided {
  readonly class: string | null;
  /** Traces that must be kept and arrived at least in part. */
  readonly kept: number;
  readonly dropped: number;
  readonly leaked: number;
  readonly unpredictable: number;
}

export async function samplingExact({ history, facts }: Judged): Promise<InvariantResult> {
  const rows = await history.query<Decided>(
    `SELECT class, count(*) FILTER (kept = 'yes' AND arrived) AS kept,
       count(*) FILTER (kept = 'no' AND taken AND NOT arrived) AS dropped,
       count(*) FILTER (kept = 'no' AND arrived) AS leaked,
       count(*) FILTER (kept = 'uncertain') AS unpredictable
     FROM traces GROUP BY class ORDER BY class`,
  );
  const sum = (column: Exclude<keyof Decided, "class">): number =>
    rows.reduce((total, row) => total + row[column], 0);
  const leaked = sum("leaked");
  const policies = facts.unpredictableSampling;
  const open = policies.length === 0 ? [] : rows.filter(({ unpredictable }) => unpredictable > 0);
  const [verdict, reason] = ((): [Verdict, string] => {
    if (facts.gateway.sampling === null) {
      return sum("kept") === 0
        ? ["inconclusive", "the gateways do not sample, and no trace arrived"]
        : ["pass", "the gateways do not sample: every trace is owed, and zero-loss judges that"];
    }
    if (leaked > 0) {
      return ["fail", `${number(leaked)} traces arrived that sampling must have dropped`];
    }
    if (open.length > 0) {
      const classes = open.map((row) => row.class ?? "unknown").join(", ");
      return ["inconclusive", `${policies.join(", ")} decides about traces of class ${classes}`];
    }
    if (sum("dropped") === 0) return ["inconclusive", "no trace had to be dropped"];
    if (sum("kept") === 0) return ["inconclusive", "no trace that must be kept arrived"];
    return ["pass", `all ${number(sum("dropped"))} traces that must be dropped are absent`];
  })();
  return result(KIND, PROPERTY, verdict, {
    limit: "0 leaked",
    actual:
      `${number(leaked)} leaked, ${number(sum("dropped"))} dropped, ${number(sum("kept"))} kept, ` +
      `${number(sum("unpredictable"))} not predictable`,
    reason,
    evidence:
      leaked > 0
        ? await leaks({ history, facts }, leaked)
        : {
            columns: ["class", "kept", "dropped", "not predictable"],
            rows: rows.map((row) => [row.class, row.kept, row.dropped, row.unpredictable]),
            total: rows.length,
          },
  });
}

/** The leaked traces, each with why no policy may keep it. */
async function leaks(
  { history, facts }: Pick<Judged, "history" | "facts">,
  total: number,
): Promise<Evidence> {
  const rows = await history.query<{
    key: string;
    class: string | null;
    received: number;
    spans: number;
    tookMs: number;
  }>(
    `SELECT t.key, t.class, count(*) FILTER (i.receipts > 0) AS received, t.spans,
       coalesce(t.end_ms - t.start_ms, 0) AS "tookMs"
     FROM (FROM traces WHERE kept = 'no' AND arrived ORDER BY key LIMIT ${String(MAX_ROWS)}) t
     JOIN items i ON i.signal = 'traces' AND i.key = t.key GROUP BY ALL ORDER BY t.key`,
  );
  return {
    columns: ["trace", "class", "received", "of spans", "why it must be dropped"],
    rows: rows.map((row) => [row.key, row.class, row.received, row.spans, whyDropped(row, facts)]),
    total,
  };
}

function whyDropped(
  { key, tookMs }: { key: string; tookMs: number },
  facts: DeploymentFacts,
): string {
  const { keepsErrors, latencyThresholdMs, percentage } = facts.gateway.sampling ?? {};
  const policy = samplingFactsOf(facts);
  const hash = `hash ${String(samplingHash(key, policy.salt))} above ${String(thresholdFor(policy.percentage))}`;
  return [
    keepsErrors === true ? "no error" : "no policy for errors",
    typeof latencyThresholdMs === "number"
      ? `${tookMs.toFixed(0)} ms of ${String(latencyThresholdMs)} ms`
      : "no policy for slow traces",
    typeof percentage === "number"
      ? `${hash} (${String(percentage)} %, salt ${policy.salt})`
      : "no policy for a share",
  ].join("; ");
}
