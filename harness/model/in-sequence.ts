/** One scenario made of several: their faults strike one after another in one load, behind one calibration. */
import { seconds } from "./durations.js";
import { UsageError } from "./errors.js";
import type { InvariantSpec } from "./invariant.js";
import { scenario, type Scenario, type ScenarioInput } from "./scenario.js";

export interface SequenceInput extends Pick<ScenarioInput, "name" | "description" | "tags"> {
  /** In this order. They must have one deployment, one workload and healthy backends, and must not be controls. */
  readonly of: readonly Scenario[];
}

/** About how long calibration takes, whose items a share counts too: once in a sequence, once in each part alone. */
const CALIBRATION_MS = seconds(60);

/**
 * Each scenario's faults have the time to strike, heal and recover that they have alone; what is normal before them,
 * the end of the one before shows. The sequence asks what all of them ask: a limit in time is the largest of theirs, a
 * share allows as many items as theirs do together. Disruption budget and autoscaler are asked when one asks. It is
 * audited when all of them are. Throws UsageError when they do
 * not go together.
 */
export function inSequence({ of, ...named }: SequenceInput): Scenario {
  const [first, ...rest] = of;
  const reject = (what: string): never => {
    throw new UsageError(`sequence "${named.name}": ${what}`);
  };
  if (first === undefined || rest.length === 0) return reject("needs two scenarios or more");
  const faults: NonNullable<ScenarioInput["faults"]>[number][] = [];
  let beginsMs = 0;
  for (const part of of) {
    if (part.deployment !== first.deployment) {
      reject(`${part.name} needs another deployment than ${first.name}`);
    }
    if (JSON.stringify(part.workload) !== JSON.stringify(first.workload)) {
      reject(`${part.name} needs another workload than ${first.name}`);
    }
    if (part.expect.verdict !== "pass" || Object.keys(part.backends).length > 0) {
      reject(`${part.name} is a control or has backends of its own; it must run alone`);
    }
    if (part.faults.length === 0) reject(`${part.name} has no fault`);
    const leadMs = part === first ? 0 : Math.min(...part.faults.map(({ atMs }) => atMs));
    for (const { atMs, lastsMs, fault } of part.faults) {
      faults.push({
        at: beginsMs + atMs - leadMs,
        ...(lastsMs === undefined ? {} : { lasts: lastsMs }),
        fault,
      });
    }
    beginsMs += part.loadMs - leadMs;
  }
  const quiesceMs = Math.max(...of.map((part) => part.quiesceAtMostMs));
  return scenario({
    ...named,
    deployment: first.deployment,
    audit: of.every((part) => part.audit),
    workload: first.workload,
    faults,
    load: beginsMs,
    quiesce: { atMost: quiesceMs },
    invariants: firstOfEachKind(of).flatMap((spec) => asked(spec, of)),
  });
}

/** They judge what happened of their own kind (an eviction, a change of the number), whatever else happened. */
const OF_ANY: readonly InvariantSpec["kind"][] = ["disruption-budget", "hpa-policy"];

function firstOfEachKind(of: readonly Scenario[]): readonly InvariantSpec[] {
  const kinds = new Map<InvariantSpec["kind"], InvariantSpec>();
  for (const spec of of.flatMap((part) => part.invariants)) {
    if (!kinds.has(spec.kind)) kinds.set(spec.kind, spec);
  }
  return [...kinds.values()];
}

/** What all scenarios ask of the kind; nothing when one does not ask it, unless the kind keeps to its own. */
function asked(spec: InvariantSpec, of: readonly Scenario[]): InvariantSpec[] {
  const { kind } = spec;
  if (OF_ANY.includes(kind)) return [spec];
  // What the next fault takes away was sent before it: it would count against the recovery from this one.
  if (kind === "recovery-time") return [];
  const all = of.map((part) => part.invariants.find((one) => one.kind === kind));
  if (all.includes(undefined)) return [];
  const together = (share: (one: InvariantSpec) => number): number => {
    const items = of.reduce((sum, part, n) => {
      const one = all[n];
      return sum + (one === undefined ? 0 : share(one) * (CALIBRATION_MS + part.loadMs));
    }, 0);
    const loadMs = of.reduce((sum, part) => sum + part.loadMs, 0);
    return Number(Math.min(1, items / (CALIBRATION_MS + loadMs)).toFixed(4));
  };
  const largest = (limit: (one: InvariantSpec) => number): number =>
    Math.max(...all.map((one) => (one === undefined ? 0 : limit(one))));
  switch (kind) {
    case "zero-loss":
      return [
        {
          kind,
          explainedBudget: together((one) => (one.kind === kind ? one.explainedBudget : 0)),
        },
      ];
    case "duplicates":
      return [{ kind, limit: together((one) => (one.kind === kind ? one.limit : 0)) }];
    case "freshness":
    case "no-stall":
      return [{ kind, limitMs: largest((one) => (one.kind === kind ? one.limitMs : 0)) }];
    case "spread":
      return [{ ...spec, limit: largest((one) => (one.kind === kind ? one.limit : 0)) }];
    default:
      return [spec];
  }
}
