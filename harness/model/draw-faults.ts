/** A schedule of faults drawn from a seed: what may happen to each other's company, and what must not. */
import { seconds } from "./durations.js";
import type { FaultSpec, ScheduledFault } from "./fault.js";
import type { Random } from "./random.js";

/** A fault that a drawn schedule may hold. */
export interface FaultChoice {
  readonly fault: FaultSpec;
  /** From the strike to the healing; without it, the cluster heals it by itself. */
  readonly lasts?: number;
  /**
   * Nothing else may happen while it lasts: two such faults at once, or one beside another's, would leave nobody able
   * to say who is at fault.
   */
  readonly alone?: boolean;
}

/** Before the first fault, so that the reports show what is normal. */
const FIRST_AT_MS = seconds(10);
/** From the end of one fault to the next: the cluster replaces pods, agents follow. Plus a part that is drawn. */
const RECOVERY_MS = seconds(45);
const DRAWN_RECOVERY_MS = seconds(30);
/** So long after a lasting fault has struck a second one may strike, in its midst. */
const COMPANION_AFTER_MS = seconds(10);
const COMPANION_ONE_IN = 3;

/**
 * Draws faults until no further one fits: each ends, with its recovery, before `loadMs`. One in three of the faults
 * that bear company gets a companion, which heals by itself, while it lasts. Depends on the random stream only.
 */
export function drawFaults(
  choices: readonly FaultChoice[],
  loadMs: number,
  random: Random,
): ScheduledFault[] {
  const drawn: ScheduledFault[] = [];
  let atMs = FIRST_AT_MS;
  for (;;) {
    const endsBy = loadMs - RECOVERY_MS - atMs;
    const fitting = choices.filter(({ lasts = 0 }) => lasts <= endsBy);
    if (endsBy < 0 || fitting.length === 0) return drawn;
    const { fault, lasts, alone = false } = random.pick(fitting);
    drawn.push({ atMs, fault, ...(lasts === undefined ? {} : { lastsMs: lasts }) });
    const companions = choices.filter((choice) => choice.lasts === undefined && !choice.alone);
    const bearsCompany = !alone && (lasts ?? 0) > COMPANION_AFTER_MS && companions.length > 0;
    if (bearsCompany && random.below(COMPANION_ONE_IN) === 0) {
      drawn.push({ atMs: atMs + COMPANION_AFTER_MS, fault: random.pick(companions).fault });
    }
    atMs += (lasts ?? 0) + RECOVERY_MS + random.below(DRAWN_RECOVERY_MS);
  }
}
