/** Whether two runs were made with the same load and faults, so that their figures may be compared. */
import { createHash } from "node:crypto";
import type { RunRecord } from "../model/run-record.js";

/** What of a scenario decides its figures; the deployment is what is compared, so it is not in it. */
const MEMBERS = ["workload", "calibration", "faults", "loadMs", "backends"] as const;

/** SHA-256 of the load, the faults and the misbehaviour of backends, as the run was made with them. */
export const workloadSha256 = ({ scenario: { spec } }: RunRecord): string => workloadSha256Of(spec);

/** The same of a scenario as it is planned. */
export function workloadSha256Of(spec: Readonly<Record<string, unknown>>): string {
  const members = MEMBERS.map((name) => [name, spec[name] ?? null]);
  return createHash("sha256").update(canonicalJson(members)).digest("hex");
}

/** JSON in which the order of members does not matter; members that are undefined are left out. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === "object" && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
