/** The usual proof of a fault: look until a pure judgement of what the cluster shows is done, or time is up. */
import { waitFor, type Look } from "../cluster/wait.js";
import { HarnessError } from "../model/errors.js";
import type { FaultContext } from "./fault.js";

export interface Proof {
  readonly proven: boolean;
  readonly proof: string;
}

/** The proof, or what was seen last when it does not show in time. Throws only when the run is stopped. */
export async function awaitProof(
  { signal }: Pick<FaultContext, "signal">,
  options: {
    /** What is waited for, to follow "waiting for". */
    readonly what: string;
    readonly timeoutMs: number;
    readonly intervalMs?: number;
    /** One look at the cluster, judged. */
    readonly look: (signal: AbortSignal) => Promise<Look<string>>;
  },
): Promise<Proof> {
  const { look, ...wait } = options;
  try {
    const proof = await waitFor({ intervalMs: 250, ...wait, signal, probe: look });
    return { proven: true, proof };
  } catch (thrown) {
    signal?.throwIfAborted();
    if (!(thrown instanceof HarnessError)) throw thrown;
    return { proven: false, proof: thrown.lastSeen ?? thrown.message };
  }
}
