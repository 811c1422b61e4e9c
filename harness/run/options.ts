/** What a person may choose about a run; the command line fills it in. */
import type { ImageMode, IpFamily } from "kind-node";
import type { SuitePlace } from "../report/index-file.js";

/** When a cluster stays after a command, and for how long `sweep` then leaves it alone. */
export interface KeepCluster {
  readonly when: "always" | "on-failure" | "never";
  readonly forHours: number;
}

/** One namespace of a cluster that the harness did not make. */
export interface BorrowedTarget {
  /** Which cluster, by the kubeconfig's name for it. */
  readonly context: string;
  /** Undefined for where kubectl looks. */
  readonly kubeconfigPath: string | undefined;
  readonly namespace: string;
  /** What the observers run; undefined for the image that is built here. */
  readonly observerImage: string | undefined;
}

interface ClusterOptions {
  /** Where the run takes place instead of in a cluster of our own, of which all else here speaks. */
  readonly borrowed?: BorrowedTarget | undefined;
  /** Name of the kind cluster. */
  readonly clusterName: string;
  /** Use this cluster of ours instead of making one. */
  readonly reuseCluster: boolean;
  /** Whether the cluster is left running afterwards. */
  readonly keepCluster: KeepCluster;
  /** Of the addresses of a cluster that is made. */
  readonly ipFamily: IpFamily;
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
  /** Where the run stands in a suite; undefined for one on its own. */
  readonly place?: SuitePlace | undefined;
  /** The command that repeats a scenario with this seed, on a cluster of the family that was asked for or this one. */
  readonly rerunCommand: (scenarioName: string, ipFamily?: IpFamily) => string;
}
