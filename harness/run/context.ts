/** What a run record needs beside the judgement: written when the history is sealed, read by analyze. */
import { access, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { readJson } from "../history/seal.js";
import { messageOf, UsageError } from "../model/errors.js";
import { describeFault } from "../model/fault.js";
import type { FaultEvent, PhaseEvent } from "../model/history.js";
import { RUN_SCHEMA_VERSION, RunRecord } from "../model/run-record.js";

export const RunContext = RunRecord.omit({
  verdict: true,
  headline: true,
  invariants: true,
  accounting: true,
  losses: true,
  delivery: true,
});
export type RunContext = z.infer<typeof RunContext>;

const FILE = "context.json";

export async function writeContext(runDir: string, context: RunContext): Promise<void> {
  await writeFile(join(runDir, FILE), `${JSON.stringify(context, null, 2)}\n`);
}

/** Reads the context of a stored run; UsageError when the directory holds none. */
export async function readContext(runDir: string): Promise<RunContext> {
  const path = join(runDir, FILE);
  await access(path).catch((thrown: unknown) => {
    throw new UsageError(`${runDir}: not the directory of a finished run (${messageOf(thrown)})`);
  });
  const parsed = RunContext.safeParse(await readJson(path, RUN_SCHEMA_VERSION));
  if (!parsed.success) throw new UsageError(`${path}: ${z.prettifyError(parsed.error)}`);
  return parsed.data;
}

/** One record a fault, from the steps of its life. */
export function faultRecords(events: readonly FaultEvent[]): RunContext["faults"] {
  const indexes = [...new Set(events.map(({ fault }) => fault))].sort((a, b) => a - b);
  return indexes.flatMap((index) => {
    const steps = events.filter(({ fault }) => fault === index);
    const last = steps.at(-1);
    if (last === undefined) return [];
    const timeOf = (step: FaultEvent["step"]): number | null =>
      steps.find((event) => event.step === step)?.atMs ?? null;
    const judged = steps.find(({ step }) => step === "proven" || step === "not-proven");
    return [
      {
        index,
        description: describeFault(last.spec),
        spec: { ...last.spec },
        targets: [...(steps.find(({ targets }) => targets.length > 0)?.targets ?? [])],
        injectedAtMs: timeOf("injected"),
        healedAtMs: timeOf("healed"),
        proven: judged?.step === "proven",
        proof: judged?.proof ?? last.proof,
      },
    ];
  });
}

/** Phases with their ends: each ends where the next begins, the last at `endMs`. */
export const phaseSpans = (phases: readonly PhaseEvent[], endMs: number): RunContext["phases"] =>
  phases.map(({ phase, atMs }, index) => ({
    phase,
    startMs: atMs,
    endMs: phases[index + 1]?.atMs ?? endMs,
  }));
