/**
 * Property: each scheduled fault happened, by what the cluster showed, and was healed. Inconclusive when one is not
 * proven, or was not seen to be healed.
 */
import type { InvariantResult } from "../model/invariant.js";
import type { Judged } from "./classify.js";
import { evidenceOf, result } from "./result.js";

const PROPERTY = "Every scheduled fault happened, with proof, and was healed.";

export async function faultsProven({ history }: Judged): Promise<InvariantResult> {
  const scheduled = history.facts.scenario.faults.length;
  const proven = await history.query<{ fault: number }>(
    "SELECT DISTINCT fault FROM faults WHERE step = 'proven' AND fault < $scheduled",
    { scheduled },
  );
  const [sick] = await history.query<{ proof: string }>(
    "SELECT proof FROM faults WHERE step = 'heal-failed' ORDER BY at_ms LIMIT 1",
  );
  const [missing] = await history.query<{ proof: string }>(
    "SELECT proof FROM faults WHERE step = 'not-proven' ORDER BY at_ms LIMIT 1",
  );
  const whole = proven.length === scheduled && sick === undefined;
  return result("faults-proven", PROPERTY, whole ? "pass" : "inconclusive", {
    limit: `${String(scheduled)} proven`,
    actual: `${String(proven.length)} proven`,
    reason: whole
      ? scheduled === 0
        ? "no fault was scheduled"
        : "every fault is proven"
      : sick !== undefined
        ? `a fault was not healed: ${sick.proof}`
        : `a fault did not happen: ${missing?.proof ?? "it was never injected"}`,
    evidence: await evidenceOf(history, ["at_ms", "fault", "step", "proof"], "FROM faults"),
  });
}
