/** What every fault is: inject, prove, heal, each bounded in time; data in, records out. */
import type { ClusterClient } from "../cluster/client.js";
import type { Observers } from "../cluster/observers.js";
import type { FaultTarget } from "../model/history.js";
import type { Progress } from "../model/progress.js";
import type { Random } from "../model/random.js";

export interface FaultContext {
  readonly client: ClusterClient;
  /** Name of the kind cluster, for what is done to its nodes. */
  readonly cluster: string;
  readonly namespace: string;
  /** For what is done to the backends and the generator. */
  readonly observers: Observers;
  /** The fault's own stream of the run's seed: decides the targets. */
  readonly random: Random;
  readonly signal?: AbortSignal | undefined;
}

export interface Fault {
  /**
   * Makes what takes too long once the fault is to strike, such as a tool that must be built; for those that need it,
   * before the load. HarnessError when that fails; then the fault may fail to strike.
   */
  prepare?(
    context: Pick<FaultContext, "cluster" | "signal"> & { readonly progress: Progress },
  ): Promise<void>;
  /** Picks the targets and strikes. HarnessError when it cannot. */
  inject(context: FaultContext): Promise<readonly FaultTarget[]>;
  /**
   * Whether it really happened, by what the cluster shows afterwards; never throws for "no". Begins right after inject
   * and goes on beside the fault, so it may wait for what shows only after the healing.
   */
  prove(context: FaultContext): Promise<{ readonly proven: boolean; readonly proof: string }>;
  /** What takes as long as the deployment makes it take: it is over when it was proven, and no sooner. */
  readonly healsOnceProven?: true;
  /**
   * Undoes what does not heal by itself and resolves when that is seen, with what shows it; HarnessError when it is
   * not seen in time. Safe at any time and more than once: also before inject, and after one that failed half way.
   */
  heal(context: FaultContext): Promise<string>;
}

/** Heals by itself: the cluster's own controllers undo the fault, and the proof has seen it. */
export const healsItself = (): Promise<string> => Promise.resolve("");
