/** What every fault is: inject, prove, heal, each bounded in time; data in, records out. */
import type { ClusterClient } from "../cluster/client.js";
import type { FaultTarget } from "../model/history.js";
import type { Random } from "../model/random.js";

export interface FaultContext {
  readonly client: ClusterClient;
  /** Name of the kind cluster, for what is done to its nodes. */
  readonly cluster: string;
  readonly namespace: string;
  /** The stream "faults" of the run's seed: decides the targets. */
  readonly random: Random;
  readonly signal?: AbortSignal | undefined;
}

export interface Fault {
  /** Picks the targets and strikes. HarnessError when it cannot. */
  inject(context: FaultContext): Promise<readonly FaultTarget[]>;
  /** Whether it really happened, by what the cluster shows afterwards; never throws for "no". */
  prove(context: FaultContext): Promise<{ readonly proven: boolean; readonly proof: string }>;
  /** Undoes what does not heal by itself. Safe to call at any time, also before inject. */
  heal(context: FaultContext): Promise<void>;
}
