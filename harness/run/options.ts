/** What a person may choose about a run; the command line fills it in. */
import type { ImageMode } from "kind-node";

interface ClusterOptions {
  /** Name of the kind cluster. */
  readonly clusterName: string;
  /** Use this cluster of ours instead of making one. */
  readonly reuseCluster: boolean;
  /** Leave the cluster running afterwards. */
  readonly keepCluster: boolean;
  readonly images: ImageMode;
  /** `host:port` of a registry that mirrors the upstream names. */
  readonly registryMirror: string | undefined;
}

export interface RunOptions extends ClusterOptions {
  readonly seed: bigint;
  /** Explained loss fails too. */
  readonly strict: boolean;
  /** Directory that holds runs/, index.jsonl and latest. */
  readonly reportsDir: string;
  /** The command that repeats a scenario with this seed. */
  readonly rerunCommand: (scenarioName: string) => string;
}
