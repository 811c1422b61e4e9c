/** Injects the scheduled faults at their times, proves each, and heals each at its end, however the run ends. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Fault, FaultContext } from "../faults/index.js";
import { formatDuration, minutes } from "../model/durations.js";
import { messageOf } from "../model/errors.js";
import { describeFault, endOf, type FaultSpec, type ScheduledFault } from "../model/fault.js";
import type { FaultEvent } from "../model/history.js";
import type { Progress } from "../model/progress.js";
import type { Teardown } from "./teardown.js";

/** Longest that a fault may take to strike, to be seen to be healed, and to be proven once it is healed. */
const INJECT_MS = minutes(2);
const HEAL_MS = minutes(3);
const PROVE_MS = minutes(3);

export interface ScheduleInput extends Omit<FaultContext, "signal"> {
  readonly faults: readonly ScheduledFault[];
  /** How each is done. */
  readonly faultOf: (spec: FaultSpec) => Fault;
  /** When the load phase began, Unix ms: fault times count from it. */
  readonly startMs: number;
  /** How long the load goes on; what has no end of its own is healed then. */
  readonly loadMs: number;
  readonly record: (event: FaultEvent) => void;
  /** What was not healed by the end of the schedule is healed there. */
  readonly undo: Teardown;
  /** Called when a fault cannot be healed: nothing that follows may use this cluster. */
  readonly spoil: (why: string) => void;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

/**
 * Runs the schedule. A fault that cannot be injected, proven or healed is recorded as that, never thrown; one that
 * fails to strike is healed at once, for it may have struck half.
 */
export async function runSchedule(input: ScheduleInput): Promise<void> {
  const { startMs, loadMs, signal } = input;
  const until = async (atMs: number): Promise<void> => {
    const waitMs = startMs + atMs - Date.now();
    if (waitMs > 0) await sleep(waitMs, undefined, { signal });
  };
  const lives = input.faults.map(async (scheduled, index) => {
    await until(scheduled.atMs);
    const strike = begin(input, scheduled, index);
    const proof = (await strike.inject()) ? strike.prove() : undefined;
    // A failed proof is on record; what may be thrown here is the interruption, which the wait throws too.
    proof?.catch(() => undefined);
    if (proof !== undefined) await until(endOf(scheduled, loadMs));
    if (strike.healsOnceProven) await proof;
    await strike.heal();
    await proof;
  });
  const ends = await Promise.allSettled(lives);
  signal.throwIfAborted();
  const broken = ends.find((end) => end.status === "rejected");
  if (broken !== undefined) throw broken.reason;
}

/** One scheduled fault and its life on record. */
function begin(input: ScheduleInput, { fault: spec, lastsMs }: ScheduledFault, index: number) {
  const { client, cluster, namespace, observers, progress, signal } = input;
  const name = `${describeFault(spec)} #${String(index + 1)}`;
  const fault = input.faultOf(spec);
  const random = input.random.stream("faults").stream(String(index));
  const context = (atMostMs: number, stop: readonly AbortSignal[] = [signal]): FaultContext => ({
    client,
    cluster,
    namespace,
    observers,
    random,
    signal: AbortSignal.any([AbortSignal.timeout(atMostMs), ...stop]),
  });
  let targets: FaultEvent["targets"] = [];
  let healed = false;
  const note = (step: FaultEvent["step"], proof = ""): void => {
    input.record({ atMs: Date.now(), fault: index, spec, step, targets, proof });
  };
  const failed = (step: FaultEvent["step"], thrown: unknown): void => {
    note(step, messageOf(thrown));
    progress.warn(`${name}: ${messageOf(thrown)}`);
  };
  /** Works after an interruption too. */
  const heal = async (): Promise<void> => {
    if (healed) return;
    const proof = await fault.heal(context(HEAL_MS, []));
    healed = true;
    note("healed", proof);
    if (proof !== "") progress.event(`${name} healed: ${proof}`);
  };
  input.undo.before(`heal ${name}`, async () => {
    try {
      await heal();
    } catch (thrown) {
      failed("heal-failed", thrown);
      input.spoil(`${name} could not be healed`);
    }
  });
  return {
    healsOnceProven: fault.healsOnceProven ?? false,
    inject: async (): Promise<boolean> => {
      note("injecting");
      try {
        targets = await fault.inject(context(INJECT_MS));
        note("injected");
        progress.event(`${name}: ${targets.map((target) => target.name).join(", ")}`);
        return true;
      } catch (thrown) {
        signal.throwIfAborted();
        failed("not-proven", thrown);
        return false;
      }
    },
    prove: async (): Promise<void> => {
      const injectedMs = Date.now();
      try {
        const { proven, proof } = await fault.prove(context((lastsMs ?? 0) + PROVE_MS));
        note(proven ? "proven" : "not-proven", proof);
        const line = `${name}: ${proof} (${formatDuration(Date.now() - injectedMs)})`;
        if (proven) progress.event(line);
        else progress.warn(line);
      } catch (thrown) {
        signal.throwIfAborted();
        failed("not-proven", thrown);
      }
    },
    /** Tried once more by the undo when it fails. */
    heal: async (): Promise<void> => {
      try {
        await heal();
      } catch (thrown) {
        progress.warn(`${name}: ${messageOf(thrown)}`);
      }
    },
  };
}
