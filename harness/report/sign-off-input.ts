/** What a sign-off rests on, and what a single run may have against it. */
import type { RunRecord } from "../model/run-record.js";
import { SIGNALS } from "../model/signal.js";
import { mergeVerdicts } from "../model/verdict.js";
import type { IndexLine } from "./index-file.js";
import { causeOf, controlResult, VERDICT_WORD } from "./verdict-words.js";
import type { Waiver } from "./waivers.js";
import { canonicalJson } from "./workload-identity.js";

export interface RequiredScenario {
  readonly name: string;
  readonly control: boolean;
  /** The scenario as it is defined now: a run of another definition does not count. */
  readonly spec: unknown;
}

export interface RunOnFile {
  readonly record: RunRecord;
  /** run.json, from the reports directory. */
  readonly path: string;
  readonly sha256: string;
}

export interface SignOffInput {
  readonly version: string;
  readonly suite: string;
  readonly now: Date;
  readonly required: readonly RequiredScenario[];
  readonly repetitions: number;
  readonly strict: boolean;
  readonly runs: readonly RunOnFile[];
  /** Runs of the index that were not given: a failure among them, of the commit that is released, counts. */
  readonly others: readonly IndexLine[];
  /** Runs that could not be read, and why. */
  readonly unreadable: readonly string[];
  readonly waivers: readonly Waiver[];
}

/** Everything that one run alone has against it. */
export function runTroubles(
  record: RunRecord,
  { control, spec }: RequiredScenario,
  { strict }: SignOffInput,
): string[] {
  const { git, borrowed } = record.environment;
  const result = controlResult(record);
  const merged = mergeVerdicts(record.invariants.map(({ verdict }) => verdict));
  const unexplained = SIGNALS.some((signal) => record.accounting[signal].lostUnexplained > 0);
  return [
    [!control && record.verdict !== "pass", `${VERDICT_WORD[record.verdict]}: ${causeOf(record)}`],
    [control && result?.met !== true, "the control was not found out"],
    [!control && unexplained, "something was lost without an explanation"],
    [merged !== record.verdict, "its verdict is not that of its invariants"],
    [SIGNALS.some((signal) => !record.accounting[signal].balances), "its books do not balance"],
    [record.shortened === true, "its load was shortened"],
    // Nobody has made sure there that the address of a dead pod is dead, or that nodes and DNS are what they were.
    [borrowed !== undefined, "made on a borrowed cluster, of which nobody has proven what it is"],
    [git.dirty, "made from a tree with uncommitted changes"],
    [!/^[0-9a-f]{40,64}$/.test(git.sha), `its commit is not known (${git.sha})`],
    [strict && !control && !record.strict, "not strict, as this sign-off demands"],
    [
      !sameSpec(record.scenario.spec, spec),
      "the scenario is defined otherwise now (faults, load, limits)",
    ],
  ].flatMap(([wrong, says]) => (wrong === true ? [String(says)] : []));
}

const sameSpec = (recorded: unknown, now: unknown): boolean =>
  canonicalJson(recorded) === canonicalJson(now);
