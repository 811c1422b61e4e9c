/** A deployment as the rules see it: objects, tiers, and where each value stands. */
import type { Mapping } from "../oracle/untyped.js";
import { collectorsOf, tiersOf, type Collector } from "./collectors.js";
import type { Finding, Place, Severity } from "./finding.js";
import { placesIn, type Sources } from "./places.js";
import type { SourceFile, Step } from "./source-documents.js";

/** Nodes that the pods must fit on. */
export interface Nodes {
  readonly count: number;
  readonly cpus: number;
  readonly memoryBytes: number;
}

export interface Expectations {
  /** New traces a second over all gateways. */
  readonly tracesPerSecond?: number | undefined;
  readonly nodes?: Nodes | undefined;
  /** `Namespace/observability`: what the cluster has already. */
  readonly existing?: readonly string[] | undefined;
  /** Stands in for the image of every collector. */
  readonly collectorImage?: string | undefined;
}

export interface DeploymentInput extends Sources {
  /** As the user named it. */
  readonly source: string;
  readonly objects: readonly Mapping[];
  readonly beside: readonly SourceFile[];
  readonly expectations: Expectations;
}

export interface CheckedDeployment {
  readonly objects: readonly Mapping[];
  readonly collectors: readonly Collector[];
  readonly agent: Collector;
  readonly gateway: Collector;
  readonly expectations: Expectations;
  readonly place: (object: Mapping, ...path: readonly Step[]) => Place;
  /** Of a value of the container that a collector runs in. */
  readonly containerPlace: (collector: Collector, ...path: readonly Step[]) => Place;
  /** Of a collector's setting: the last --config text that goes furthest towards it. */
  readonly configPlace: (collector: Collector, ...path: readonly Step[]) => Place;
}

/** A rule: pure, and silent about what it cannot know. */
export type Check = (deployment: CheckedDeployment) => readonly Finding[];

/** UsageError when it has not one tier of agents and one of gateways, or a configuration is not YAML. */
export function checkedDeployment(input: DeploymentInput): CheckedDeployment {
  const places = placesIn(input);
  const { expectations, objects, source } = input;
  const { collectorImage } = expectations;
  const collectors = collectorsOf({ ...input, places }).map((collector) =>
    collectorImage === undefined ? collector : { ...collector, image: collectorImage },
  );
  const containerPlace = ({ object, container }: Collector, ...path: readonly Step[]): Place => {
    const name = container["name"];
    const at = typeof name === "string" ? name : 0;
    return places.of(object, ["spec", "template", "spec", "containers", at, ...path]);
  };
  return {
    ...{ objects, collectors, expectations, containerPlace },
    ...tiersOf(collectors, objects, source),
    place: (object, ...path) => places.of(object, path),
    configPlace: (collector, ...path) => {
      const documents = (collector.parts ?? []).flatMap((part) => part.documents).reverse();
      const reached = documents.map((one) => ({ file: one.file, ...one.reach(path) }));
      const depth = Math.max(...reached.map((one) => one.depth));
      const best = reached.find((one) => one.depth === depth);
      return best === undefined
        ? containerPlace(collector, "args")
        : { file: best.file, line: best.line };
    },
  };
}

/** One finding in the order in which it is read. */
export const finding = (
  severity: Severity,
  check: string,
  place: Place,
  why: string,
  fix: string,
): Finding => ({ severity, check, place, why, fix });
