/** What one run is told, from the settled options of the command. */
import { resolve } from "node:path";
import { NAMESPACE } from "../model/ids.js";
import type { BorrowedTarget, RunOptions } from "../run/options.js";
import { quoted, targetFlags, type WithCollector } from "./run-target.js";

/** The options of a run with this seed; its command names all that the plan and the images depend on. */
export function runOptions(settings: WithCollector, seed: bigint): RunOptions {
  const { strict, faults, audit, load, images, registryMirror, reuseCluster, keepCluster } =
    settings;
  const reused = reuseCluster !== undefined;
  const borrowed = borrowedTarget(settings);
  return {
    borrowed,
    clusterName: reuseCluster ?? settings.clusterName,
    reuseCluster: reused,
    keepCluster: reused ? { when: "always", forHours: REUSED_HOURS } : keepCluster,
    ipFamily: settings.ipFamily,
    images,
    registryMirror,
    seed,
    strict,
    reportsDir: resolve(settings.output),
    rerunCommand: (name, ipFamily = settings.ipFamily) =>
      [
        `npx chaos run ${name} --seed ${String(seed)}`,
        ...(strict ? ["--strict"] : []),
        ...(faults ? [] : ["--no-faults"]),
        ...(audit ? ["--audit"] : []),
        ...(load === undefined ? [] : [`--load ${String(load)}`]),
        ...targetFlags(settings),
        ...(ipFamily === "ipv4" ? [] : [`--ip-family ${ipFamily}`]),
        ...(images === "auto" ? [] : [`--images ${images}`]),
        ...(registryMirror === undefined ? [] : [`--registry-mirror ${registryMirror}`]),
        ...(borrowed === undefined ? [] : wordsOf(borrowed)),
      ].join(" "),
  };
}

/** What the run has of a cluster that is not ours; undefined when it makes its own. */
const borrowedTarget = ({
  context,
  kubeconfig,
  namespace,
  observerImage,
}: WithCollector): BorrowedTarget | undefined =>
  context === undefined
    ? undefined
    : { context, kubeconfigPath: kubeconfig, namespace, observerImage };

const wordsOf = ({
  context,
  kubeconfigPath,
  namespace,
  observerImage,
}: BorrowedTarget): string[] => [
  `--context ${quoted(context)}`,
  ...(kubeconfigPath === undefined ? [] : [`--kubeconfig ${quoted(kubeconfigPath)}`]),
  ...(namespace === NAMESPACE ? [] : [`--namespace ${namespace}`]),
  ...(observerImage === undefined ? [] : [`--observer-image ${observerImage}`]),
  "--i-own-this-cluster",
];

/** Each use of a kept cluster prolongs its life by a day. */
const REUSED_HOURS = 24;
