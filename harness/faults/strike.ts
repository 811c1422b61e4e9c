/** Carries one scheduled fault through its life and records each step. */
import { HarnessError, messageOf } from "../model/errors.js";
import type { FaultSpec } from "../model/fault.js";
import type { FaultEvent, FaultTarget } from "../model/history.js";
import type { Fault, FaultContext } from "./fault.js";
import { faultOf } from "./index.js";

export interface StrikeOptions {
  readonly spec: FaultSpec;
  /** Index into the scenario's faults. */
  readonly index: number;
  readonly context: FaultContext;
  readonly onEvent: (event: FaultEvent) => void;
}

const INJECT_MS = 30_000;
const HEAL_MS = 60_000;

export interface Strike {
  /** Injects, then proves. A fault that cannot be injected or proven is recorded, not thrown. */
  run(): Promise<void>;
  /** Heals once; to be registered before `run`. A failure is recorded and thrown. */
  heal(): Promise<void>;
}

/** A fault that is ready to be run; nothing has happened yet. */
export function strike(options: StrikeOptions, fault: Fault = faultOf(options.spec)): Strike {
  const { spec, index, context, onEvent } = options;
  let targets: readonly FaultTarget[] = [];
  let state: "waiting" | "struck" | "healed" = "waiting";
  const record = (step: FaultEvent["step"], proof: string): void =>
    onEvent({ atMs: Date.now(), fault: index, spec, step, targets, proof });
  return {
    run: async () => {
      record("injecting", "");
      state = "struck";
      try {
        targets = await within(INJECT_MS, "inject", fault.inject(context));
        record("injected", targets.map(({ name }) => name).join(", "));
        const { proven, proof } = await fault.prove(context);
        record(proven ? "proven" : "not-proven", proof);
      } catch (thrown) {
        context.signal?.throwIfAborted();
        record("not-proven", messageOf(thrown));
      }
    },
    heal: async () => {
      if (state !== "struck") return;
      state = "healed";
      try {
        // An aborted run must be healed all the same.
        await within(HEAL_MS, "heal", fault.heal({ ...context, signal: undefined }));
        record("healed", "");
      } catch (thrown) {
        record("heal-failed", messageOf(thrown));
        throw thrown;
      }
    },
  };
}

async function within<T>(timeoutMs: number, step: string, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new HarnessError(`${step}: not done within ${String(timeoutMs / 1_000)} s`));
    }, timeoutMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
