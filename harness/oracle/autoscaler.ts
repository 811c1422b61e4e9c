/** What a HorizontalPodAutoscaler may do to the number of pods, as its behavior allows, and what broke that. */
import { at, isMapping, listOf, mappingOf, numberOr, textOf, type Mapping } from "./untyped.js";

export interface ScaleRules {
  /** Nothing may go against a recommendation that is younger than this. */
  readonly stabilizationMs: number;
  readonly select: "Max" | "Min" | "Disabled";
  readonly policies: readonly {
    readonly type: "Pods" | "Percent";
    readonly value: number;
    readonly periodMs: number;
  }[];
}

export interface Autoscaler {
  readonly minReplicas: number;
  readonly maxReplicas: number;
  readonly up: ScaleRules;
  readonly down: ScaleRules;
}

/** A number of pods from a time on. */
export interface Level {
  readonly atMs: number;
  readonly pods: number;
}

/** A minimum that somebody set by hand, and when it may have been in force. */
export interface MinimumByHand {
  readonly fromMs: number;
  readonly toMs: number;
  readonly minReplicas: number;
}

/** Source: Kubernetes API reference, autoscaling/v2, HPAScalingRules. */
const DEFAULT_UP: ScaleRules = {
  stabilizationMs: 0,
  select: "Max",
  policies: [
    { type: "Pods", value: 4, periodMs: 15_000 },
    { type: "Percent", value: 100, periodMs: 15_000 },
  ],
};
const DEFAULT_DOWN: ScaleRules = {
  stabilizationMs: 300_000,
  select: "Max",
  policies: [{ type: "Percent", value: 100, periodMs: 15_000 }],
};

export function autoscalerOf(manifest: Mapping): Autoscaler {
  const behavior = at(manifest, "spec", "behavior");
  return {
    minReplicas: numberOr(at(manifest, "spec", "minReplicas"), 1),
    maxReplicas: numberOr(at(manifest, "spec", "maxReplicas"), 1),
    up: rulesOf(at(behavior, "scaleUp"), DEFAULT_UP),
    down: rulesOf(at(behavior, "scaleDown"), DEFAULT_DOWN),
  };
}

function rulesOf(value: unknown, defaults: ScaleRules): ScaleRules {
  if (!isMapping(value)) return defaults;
  const select = textOf(value["selectPolicy"]);
  const policies = listOf(value["policies"])
    .map(mappingOf)
    .map((policy) => ({
      type: policy["type"] === "Percent" ? ("Percent" as const) : ("Pods" as const),
      value: numberOr(policy["value"], 0),
      periodMs: numberOr(policy["periodSeconds"], 0) * 1_000,
    }));
  return {
    stabilizationMs:
      numberOr(value["stabilizationWindowSeconds"], defaults.stabilizationMs / 1_000) * 1_000,
    select: select === "Min" || select === "Disabled" ? select : "Max",
    policies: policies.length === 0 ? defaults.policies : policies,
  };
}

/**
 * What the autoscaler was not allowed to do, in order of time; empty when it kept its rules. `slackMs`: two of its
 * decisions may show that much closer together than they were made. What rises to a minimum that was set `byHand`
 * comes at once, by no policy, and recommends nothing; policies count it all the same.
 * Source: kubernetes v1.34 pkg/controller/podautoscaler/horizontal.go (reconcileAutoscaler,
 * stabilizeRecommendationWithBehaviors).
 */
export function brokenRules(
  levels: readonly Level[],
  rules: Autoscaler,
  slackMs: number,
  byHand: readonly MinimumByHand[] = [],
): (Level & { readonly what: string })[] {
  const forced = (level: Level, index: number): boolean =>
    level.pods > (levels[index - 1]?.pods ?? level.pods) &&
    inForce(byHand, level).some((minReplicas) => level.pods <= minReplicas);
  const recommended = levels.filter((level, index) => !forced(level, index));
  return levels.flatMap((level, index) => {
    const before = levels[index - 1];
    const least = Math.min(rules.minReplicas, ...inForce(byHand, level));
    const what =
      level.pods < least
        ? `below minReplicas ${String(least)}`
        : level.pods > rules.maxReplicas
          ? `above maxReplicas ${String(rules.maxReplicas)}`
          : before === undefined || before.pods === level.pods || forced(level, index)
            ? null
            : brokenChange(levels.slice(0, index), level, rules, { slackMs, recommended });
    return what === null ? [] : [{ ...level, what }];
  });
}

const inForce = (byHand: readonly MinimumByHand[], { atMs }: Level): number[] =>
  byHand.flatMap(({ fromMs, toMs, minReplicas }) =>
    fromMs <= atMs && atMs <= toMs ? [minReplicas] : [],
  );

function brokenChange(
  past: readonly Level[],
  { atMs, pods }: Level,
  { up, down }: Autoscaler,
  { slackMs, recommended }: { readonly slackMs: number; readonly recommended: readonly Level[] },
): string | null {
  const now = past.at(-1)?.pods ?? pods;
  const rises = pods > now;
  const rules = rises ? up : down;
  const name = rises ? "scaleUp" : "scaleDown";
  const within = (ms: number): Level[] =>
    past.slice(1).filter((level) => level.atMs > atMs - ms + slackMs);
  // A change in the other direction shows what was recommended at its time.
  const against = within(rules.stabilizationMs).some((level) => {
    if (!recommended.includes(level)) return false;
    const from = past[past.indexOf(level) - 1]?.pods ?? level.pods;
    return rises ? level.pods < from && pods > level.pods : level.pods > from && pods < level.pods;
  });
  if (rules.select === "Disabled") return `${name} is disabled`;
  const limits = rules.policies.map(({ type, value, periodMs }) => {
    const moved = changeOver(past, within(periodMs));
    // What was there when the period began.
    const start = now - moved;
    const step = type === "Pods" ? value : (start * value) / 100;
    return rises ? Math.ceil(start + step) : Math.floor(start - step);
  });
  const most = (rules.select === "Max") === rises ? Math.max(...limits) : Math.min(...limits);
  if (rises ? pods > most : pods < most) {
    return `from ${String(now)} to ${String(pods)} pods at once, ${name} allows ${String(most)}`;
  }
  if (against) return `from ${String(now)} to ${String(pods)} pods inside ${name}'s stabilization`;
  return null;
}

/** Sum of the changes that led to the given levels. */
const changeOver = (past: readonly Level[], recent: readonly Level[]): number =>
  recent.reduce((sum, level) => {
    const from = past[past.indexOf(level) - 1]?.pods ?? level.pods;
    return sum + level.pods - from;
  }, 0);
