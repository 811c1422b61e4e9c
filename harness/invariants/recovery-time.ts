/**
 * Property: after each fault, delivery is whole again within the limit. It counts from the injection of a fault that
 * heals by itself, from the healing of one that lasts. Recovered at the last send of an item that was lost or
 * misrouted after that and before the next fault. Inconclusive without load for the whole limit afterwards.
 */
import { formatDuration } from "../model/durations.js";
import type { InvariantResult, RecoveryTime } from "../model/invariant.js";
import type { Judged } from "./classify.js";
import { result } from "./result.js";

const PROPERTY = "After each fault, delivery is whole again within the limit.";

export async function recoveryTime(
  spec: RecoveryTime,
  { history }: Judged,
): Promise<InvariantResult> {
  const lasting = history.facts.scenario.faults.flatMap(({ lastsMs }, index) =>
    lastsMs === undefined ? [] : [index],
  );
  const rows = await history.query<{ fault: number; recovery: number; loaded: number }>(
    `SELECT f.fault, max(f.at_ms) AS at,
       coalesce(max(i.invoke_ms) - max(f.at_ms), 0) AS recovery,
       (SELECT max(invoke_ms) FROM operations) - max(f.at_ms) AS loaded
     FROM (SELECT *, coalesce((SELECT min(n.at_ms) FROM faults n WHERE n.step = 'injecting' AND n.at_ms > o.at_ms),
                              'Infinity'::DOUBLE) AS next_ms
           FROM faults o WHERE step = if(list_contains($lasting::INTEGER[], fault::INTEGER), 'healed', 'injected')) f
     LEFT JOIN items i ON i.invoke_ms >= f.at_ms AND i.invoke_ms < f.next_ms AND (i.state = 'lost' OR i.misrouted)
     GROUP BY f.fault ORDER BY f.fault`,
    { lasting: JSON.stringify(lasting) },
  );
  const worst = Math.max(0, ...rows.map(({ recovery }) => recovery));
  const shortLoad = rows.find(({ loaded }) => loaded < spec.limitMs);
  const [verdict, reason] =
    rows.length === 0
      ? (["inconclusive", "no fault was injected"] as const)
      : worst > spec.limitMs
        ? (["fail", `items sent ${formatDuration(worst)} after a fault were still lost`] as const)
        : shortLoad !== undefined
          ? ([
              "inconclusive",
              "the load ended before the limit had passed after the fault",
            ] as const)
          : ([
              "pass",
              `the last lost item was sent ${formatDuration(worst)} after its fault`,
            ] as const);
  return result("recovery-time", PROPERTY, verdict, {
    limit: formatDuration(spec.limitMs),
    actual: formatDuration(worst),
    reason,
    evidence: {
      columns: ["fault", "recovery_ms", "load_after_ms"],
      rows: rows.map(({ fault, recovery, loaded }) => [fault, recovery, loaded]),
      total: rows.length,
    },
  });
}
