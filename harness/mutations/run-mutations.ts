/** Plants every defect, one at a time, in a recorded history, and sees whether exactly the right invariants say so. */
import { openHistory } from "../history/open-history.js";
import { judge, type Judgement } from "../invariants/judge.js";
import { seconds } from "../model/durations.js";
import { UsageError } from "../model/errors.js";
import {
  countersAgree,
  freshWithin,
  hpaPolicy,
  integrity,
  noStallBeyond,
  reResolution,
  samplingExact,
  spread,
  type InvariantSpec,
} from "../model/invariant.js";
import type { PlantedDefects } from "../model/run-record.js";
import type { Scenario } from "../model/scenario.js";
import { verdictList, type Verdict } from "../model/verdict.js";
import { AUDIT_MUTATIONS } from "./audit-mutations.js";
import { CONTRADICTION_MUTATIONS } from "./contradiction-mutations.js";
import { CLUSTER_MUTATIONS } from "./cluster-mutations.js";
import { COUNTER_MUTATIONS } from "./counter-mutations.js";
import { groundOf, pickVictims, type Victims } from "./ground.js";
import type { Mutation } from "./mutation.js";
import { RECORD_MUTATIONS } from "./record-mutations.js";
import { SERVICE_MUTATIONS } from "./service-mutations.js";
import { TELEMETRY_MUTATIONS } from "./telemetry-mutations.js";

export const MUTATIONS: readonly Mutation[] = [
  ...TELEMETRY_MUTATIONS,
  ...RECORD_MUTATIONS,
  ...CONTRADICTION_MUTATIONS,
  ...AUDIT_MUTATIONS,
  ...COUNTER_MUTATIONS,
  ...CLUSTER_MUTATIONS,
  ...SERVICE_MUTATIONS,
];

/** What a scenario may not ask for, because it is of no use there or was recorded before the invariant was made. */
const FURTHER: readonly InvariantSpec[] = [
  samplingExact(),
  integrity(),
  freshWithin(seconds(60)),
  countersAgree(),
  reResolution(),
  noStallBeyond(seconds(10)),
  spread({ minTraces: 100 }),
  hpaPolicy(),
];

export type Outcome = PlantedDefects["defects"][number];

/**
 * Judges the history as it is, which must pass, and then once for each mutation. An invariant that the scenario
 * does not ask for is asked too when it passes on the history as it is. UsageError when the history does not pass
 * or holds nothing to plant a defect on.
 */
export async function runMutations(
  historyDir: string,
  onOutcome: (outcome: Outcome) => void,
  mutations: readonly Mutation[] = MUTATIONS,
): Promise<Outcome[]> {
  const scouted = await scout(historyDir);
  const outcomes: Outcome[] = [];
  for (const mutation of mutations) {
    if (mutation.needsAudit === true && scouted.victims.held === undefined) continue;
    const expected = Object.fromEntries(
      Object.entries(mutation.caughtBy).filter(([name]) =>
        [...scouted.sound, ...(mutation.asks ?? [])].some(({ kind }) => kind === name),
      ),
    );
    // Only an invariant that this history cannot satisfy would see it.
    if (Object.keys(expected).length === 0) continue;
    const judgement = await mutated(historyDir, scouted, mutation);
    const seen = changes(scouted.sound, judgement.invariants);
    const caught = verdictList(seen) === verdictList(expected) && judgement.verdict !== "pass";
    const outcome = { says: mutation.says, expected, seen, caught };
    outcomes.push(outcome);
    onOutcome(outcome);
  }
  return outcomes;
}

interface Scouted {
  /** The scenario, which asks for every invariant that passes. */
  readonly scenario: Scenario;
  readonly sound: Judgement["invariants"];
  readonly victims: Victims;
}

async function scout(historyDir: string): Promise<Scouted> {
  const history = await openHistory(historyDir);
  try {
    const { scenario } = history.facts;
    const asked = new Set<string>(scenario.invariants.map(({ kind }) => kind));
    const further = FURTHER.filter(({ kind }) => !asked.has(kind));
    const every = { ...scenario, invariants: [...scenario.invariants, ...further] };
    const facts = { ...history.facts, scenario: every };
    const { invariants } = await judge({ ...history, facts }, { strict: false });
    const unfit = further.filter(({ kind }) =>
      invariants.some((one) => one.kind === kind && one.verdict !== "pass"),
    );
    const fits = ({ kind }: { kind: string }): boolean => unfit.every((one) => one.kind !== kind);
    const sound = invariants.filter(fits);
    const bad = sound.find(({ verdict }) => verdict !== "pass");
    if (bad !== undefined) {
      throw new UsageError(
        `${historyDir}: mutations need a history that passes (${bad.kind}: ${bad.reason})`,
      );
    }
    const [calibrated] = await history.query<{ n: number }>("SELECT count(*) AS n FROM calibrated");
    const victims = await pickVictims(history, calibrated?.n ?? 0);
    return { scenario: { ...every, invariants: every.invariants.filter(fits) }, sound, victims };
  } finally {
    await history.close();
  }
}

async function mutated(
  dir: string,
  { scenario, victims }: Scouted,
  mutation: Mutation,
): Promise<Judgement> {
  const history = await openHistory(dir);
  try {
    const invariants = [...scenario.invariants, ...(mutation.asks ?? [])];
    const facing = { ...history.facts, scenario: { ...scenario, invariants } };
    const asking = { ...history, facts: facing };
    const ground = groundOf(asking, victims);
    await mutation.plant(ground);
    const { facts, renderedYaml } = ground;
    return await judge({ ...history, facts, renderedYaml }, { strict: false });
  } finally {
    await history.close();
  }
}

function changes(
  before: Judgement["invariants"],
  after: Judgement["invariants"],
): Record<string, Verdict> {
  return Object.fromEntries(
    after
      .filter(({ kind, verdict }) => before.find((one) => one.kind === kind)?.verdict !== verdict)
      .map(({ kind, verdict }) => [kind, verdict]),
  );
}
