/** Injects the scheduled faults at their times, proves each, and heals all of them however the run ends. */
import { setTimeout as sleep } from "node:timers/promises";
import type { ClusterClient } from "../cluster/client.js";
import { faultOf } from "../faults/index.js";
import { formatDuration } from "../model/durations.js";
import { messageOf } from "../model/errors.js";
import { describeFault, type FaultSpec, type ScheduledFault } from "../model/fault.js";
import type { FaultEvent } from "../model/history.js";
import { NAMESPACE } from "../model/ids.js";
import type { Progress } from "../model/progress.js";
import type { Random } from "../model/random.js";
import type { Teardown } from "./teardown.js";

const HEAL_MS = 60_000;

export interface ScheduleInput {
  readonly client: ClusterClient;
  /** Name of the kind cluster. */
  readonly cluster: string;
  readonly faults: readonly ScheduledFault[];
  /** When the load phase began, Unix ms: fault times count from it. */
  readonly startMs: number;
  readonly random: Random;
  readonly record: (event: FaultEvent) => void;
  /** Every fault is healed there, however the run ends. */
  readonly undo: Teardown;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

/** Runs the schedule; a fault that cannot be injected or proven is recorded as not proven, never thrown. */
export async function runSchedule(input: ScheduleInput): Promise<void> {
  const proofs: Promise<void>[] = [];
  const inOrder = input.faults
    .map((scheduled, index) => ({ ...scheduled, index }))
    .sort((a, b) => a.atMs - b.atMs);
  for (const { atMs, fault, index } of inOrder) {
    const waitMs = input.startMs + atMs - Date.now();
    if (waitMs > 0) await sleep(waitMs, undefined, { signal: input.signal });
    const strike = begin(input, fault, index);
    if (await strike.inject()) proofs.push(strike.prove());
  }
  await Promise.all(proofs);
}

/** One scheduled fault and its life on record. */
function begin(input: ScheduleInput, spec: FaultSpec, index: number) {
  const { client, cluster, progress, signal } = input;
  const name = `${describeFault(spec)} #${String(index + 1)}`;
  const fault = faultOf(spec);
  const random = input.random.stream("faults").stream(String(index));
  const context = { client, cluster, namespace: NAMESPACE, random, signal };
  let targets: FaultEvent["targets"] = [];
  const note = (step: FaultEvent["step"], proof = ""): void => {
    input.record({ atMs: Date.now(), fault: index, spec, step, targets, proof });
  };
  const failed = (thrown: unknown): void => {
    signal.throwIfAborted();
    note("not-proven", messageOf(thrown));
    progress.warn(`${name}: ${messageOf(thrown)}`);
  };
  input.undo.before(`heal ${name}`, async () => {
    await fault.heal({ ...context, signal: AbortSignal.timeout(HEAL_MS) });
    note("healed");
  });
  return {
    inject: async (): Promise<boolean> => {
      note("injecting");
      try {
        targets = await fault.inject(context);
        note("injected");
        progress.event(`${name}: ${targets.map((target) => target.name).join(", ")}`);
        return true;
      } catch (thrown) {
        failed(thrown);
        return false;
      }
    },
    prove: async (): Promise<void> => {
      const injectedMs = Date.now();
      try {
        const { proven, proof } = await fault.prove(context);
        note(proven ? "proven" : "not-proven", proof);
        const line = `${name}: ${proof} (${formatDuration(Date.now() - injectedMs)})`;
        if (proven) progress.event(line);
        else progress.warn(line);
      } catch (thrown) {
        failed(thrown);
      }
    },
  };
}
