/** What one run is told, from the settled options of the command. */
import { resolve } from "node:path";
import type { RunOptions } from "../run/options.js";
import type { Settings } from "./options-table.js";
import { targetFlags } from "./run-target.js";

/** The options of a run with this seed; its command names all that the plan and the images depend on. */
export function runOptions(settings: Settings, seed: bigint): RunOptions {
  const { strict, faults, audit, load, images, registryMirror, reuseCluster, keepCluster } =
    settings;
  const reused = reuseCluster !== undefined;
  return {
    clusterName: reuseCluster ?? settings.clusterName,
    reuseCluster: reused,
    keepCluster: reused ? { when: "always", forHours: REUSED_HOURS } : keepCluster,
    images,
    registryMirror,
    seed,
    strict,
    reportsDir: resolve(settings.output),
    rerunCommand: (name) =>
      [
        `npx chaos run ${name} --seed ${String(seed)}`,
        ...(strict ? ["--strict"] : []),
        ...(faults ? [] : ["--no-faults"]),
        ...(audit ? ["--audit"] : []),
        ...(load === undefined ? [] : [`--load ${String(load)}`]),
        ...targetFlags(settings),
        ...(images === "auto" ? [] : [`--images ${images}`]),
        ...(registryMirror === undefined ? [] : [`--registry-mirror ${registryMirror}`]),
      ].join(" "),
  };
}

/** Each use of a kept cluster prolongs its life by a day. */
const REUSED_HOURS = 24;
