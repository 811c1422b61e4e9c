/** The runs that a command sets out to do, in order, each with its own seed. */
import { drawFaults } from "../model/draw-faults.js";
import { random } from "../model/random.js";
import type { Scenario } from "../model/scenario.js";

export interface PlannedRun {
  readonly scenario: Scenario;
  readonly seed: bigint;
  /** 1 for the first run of a scenario. */
  readonly repetition: number;
  /** The deployment that it is asked for, where the runs of one plan differ in that. */
  readonly deployment?: string | undefined;
  /** The same of the collector's image. */
  readonly collectorImage?: string | undefined;
}

/** As many as ask for a rare failure; a bound, so that no command goes on for ever. */
export const MOST_REPETITIONS = 1_000;

/** Every scenario once, then every scenario again: a suite that is stopped early has seen all of them. */
export function planRuns(
  scenarios: readonly Scenario[],
  seed: bigint,
  rounds: number,
): readonly PlannedRun[] {
  const counts = new Map<string, number>();
  return Array.from({ length: rounds }, () => scenarios)
    .flat()
    .map((scenario) => {
      const repetition = (counts.get(scenario.name) ?? 0) + 1;
      counts.set(scenario.name, repetition);
      return plannedRun(scenario, seedOf(seed, repetition), repetition);
    });
}

/** Each run with each of several images, one right after the other; of one image or none, as they are. */
export const withEach = (
  images: readonly string[],
  runs: readonly PlannedRun[],
): readonly PlannedRun[] =>
  images.length < 2
    ? runs
    : runs.flatMap((run) =>
        images.map((collectorImage) => ({
          ...run,
          scenario: { ...run.scenario, collectorImage },
          collectorImage,
        })),
      );

/** A scenario that draws its faults has them from here on: they depend on the run's seed. */
export function plannedRun(scenario: Scenario, seed: bigint, repetition: number): PlannedRun {
  const { draws, loadMs } = scenario;
  if (draws === undefined) return { scenario, seed, repetition };
  const faults = drawFaults(draws, loadMs, random(seed).stream("schedule"));
  return { scenario: { ...scenario, faults }, seed, repetition };
}

/** The first repetition has the seed itself, so that it is the run that --seed alone would make. */
export const seedOf = (seed: bigint, repetition: number): bigint =>
  repetition === 1
    ? seed
    : BigInt(
        random(seed)
          .stream(`repetition ${String(repetition)}`)
          .below(2 ** 32),
      );
