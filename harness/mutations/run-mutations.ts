/** Plants every defect, one at a time, in a recorded history, and sees whether exactly the right invariants say so. */
import { openHistory } from "../history/open-history.js";
import { judge, type Judgement } from "../invariants/judge.js";
import { UsageError } from "../model/errors.js";
import type { PlantedDefects } from "../model/run-record.js";
import { verdictList, type Verdict } from "../model/verdict.js";
import { CONTRADICTION_MUTATIONS } from "./contradiction-mutations.js";
import { groundOf, pickVictims, type Victims } from "./ground.js";
import type { Mutation } from "./mutation.js";
import { RECORD_MUTATIONS } from "./record-mutations.js";
import { TELEMETRY_MUTATIONS } from "./telemetry-mutations.js";

export const MUTATIONS: readonly Mutation[] = [
  ...TELEMETRY_MUTATIONS,
  ...RECORD_MUTATIONS,
  ...CONTRADICTION_MUTATIONS,
];

export type Outcome = PlantedDefects["defects"][number];

/**
 * Judges the history as it is, which must pass, and then once for each mutation. UsageError when it does not
 * pass or holds nothing to plant a defect on.
 */
export async function runMutations(
  historyDir: string,
  onOutcome: (outcome: Outcome) => void,
  mutations: readonly Mutation[] = MUTATIONS,
): Promise<Outcome[]> {
  const { sound, victims } = await scout(historyDir);
  const outcomes: Outcome[] = [];
  for (const mutation of mutations) {
    const judgement = await mutated(historyDir, victims, mutation);
    const seen = changes(sound, judgement);
    const outcome = {
      says: mutation.says,
      expected: mutation.caughtBy,
      seen,
      caught: verdictList(seen) === verdictList(mutation.caughtBy) && judgement.verdict !== "pass",
    };
    outcomes.push(outcome);
    onOutcome(outcome);
  }
  return outcomes;
}

async function scout(historyDir: string): Promise<{ sound: Judgement; victims: Victims }> {
  const history = await openHistory(historyDir);
  try {
    const sound = await judge(history, { strict: false });
    if (sound.verdict !== "pass") {
      throw new UsageError(
        `${historyDir}: mutations need a history that passes (${sound.headline})`,
      );
    }
    const [calibrated] = await history.query<{ n: number }>("SELECT count(*) AS n FROM calibrated");
    return { sound, victims: await pickVictims(history, calibrated?.n ?? 0) };
  } finally {
    await history.close();
  }
}

async function mutated(dir: string, victims: Victims, mutation: Mutation): Promise<Judgement> {
  const history = await openHistory(dir);
  try {
    const ground = groundOf(history, victims);
    await mutation.plant(ground);
    const { facts, renderedYaml } = ground;
    return await judge({ ...history, facts, renderedYaml }, { strict: false });
  } finally {
    await history.close();
  }
}

function changes(before: Judgement, after: Judgement): Record<string, Verdict> {
  return Object.fromEntries(
    after.invariants
      .filter(
        ({ kind, verdict }) =>
          before.invariants.find((invariant) => invariant.kind === kind)?.verdict !== verdict,
      )
      .map(({ kind, verdict }) => [kind, verdict]),
  );
}
