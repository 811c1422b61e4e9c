/** A gateway that died, for tests: its pod was gone at 100 s, and its process may have ended a second before. */
import type { Death } from "./deaths.js";

export const GONE: Death = {
  tier: "gateway",
  pod: "gw",
  uid: "u1",
  ip: "10.0.0.1",
  node: "n1",
  kind: "gone",
  unlisted: true,
  seenMs: 100_000,
  fromMs: 99_000,
  toMs: 103_000,
};
