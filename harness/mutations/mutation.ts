/** One defect, and which invariants must see it. */
import type { InvariantKind, InvariantSpec } from "../model/invariant.js";
import type { Verdict } from "../model/verdict.js";
import type { Ground } from "./ground.js";

export interface Mutation {
  /** What is wrong, in one sentence. */
  readonly says: string;
  readonly plant: (ground: Ground) => Promise<void> | void;
  /** The invariants that change, all of them, and what they must then say. */
  readonly caughtBy: Readonly<Partial<Record<InvariantKind, Verdict>>>;
  /** Invariants that a run of one killed gateway cannot satisfy as it is; asked for this defect alone. */
  readonly asks?: readonly InvariantSpec[];
  /** Whether it can be planted in an audited run only. */
  readonly needsAudit?: boolean;
}

export const LOST = { "zero-loss": "fail" } as const;
export const MISROUTED = { "trace-affinity": "fail" } as const;
export const LEAKED = { "sampling-exact": "fail" } as const;
export const ALTERED = { integrity: "fail" } as const;
export const STALE = { freshness: "fail" } as const;
export const MISCOUNTED = { "counters-agree": "fail" } as const;
export const MISINFORMED = { "re-resolution": "fail" } as const;
export const STALLED = { "no-stall": "fail" } as const;
export const UNEVEN = { spread: "fail" } as const;
export const OVERSCALED = { "hpa-policy": "fail" } as const;
export const UNEXPECTED = { "nothing-unexpected": "fail" } as const;
export const DOUBTFUL = { "history-complete": "inconclusive" } as const;
export const UNPROVEN = { "faults-proven": "inconclusive" } as const;
export const UNCALIBRATED = { calibration: "inconclusive" } as const;
/** Loss or misroutes that go on until the load ends. */
export const TO_THE_END = { "recovery-time": "fail" } as const;
