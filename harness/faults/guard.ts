/** The egress guard of a node after its restart: nothing may leave, and a dead pod's address must be dead. */
import { egressCounters, installEgressGuard } from "kind-node";
import { kit } from "../cluster/kit-errors.js";
import { waitFor } from "../cluster/wait.js";

const BY_ITSELF_MS = 20_000;

/** Waits for the node's own unit to put the guard back; puts it back where that does not happen. */
export async function restoreEgressGuard(
  cluster: string,
  node: string,
  signal: AbortSignal | undefined,
): Promise<string> {
  const guarded = async (timeoutMs: number): Promise<void> =>
    waitFor({
      what: `the egress guard of ${node}`,
      timeoutMs,
      signal,
      // Counting throws on a node that has no guard.
      probe: async () => {
        const counted = await egressCounters(cluster, { signal });
        return counted.some((one) => one.node === node)
          ? { done: true, value: undefined }
          : { done: false, seen: `${node} does not run` };
      },
    });
  try {
    await guarded(BY_ITSELF_MS);
    return "its egress guard is back";
  } catch {
    signal?.throwIfAborted();
    await kit(installEgressGuard(cluster, { signal }));
    await guarded(BY_ITSELF_MS);
    return "its egress guard was put back";
  }
}
