/** What the runs of one command share: the cluster, what is known about it, and its removal. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checkHost } from "kind-node";
import { provisionCluster, removeCluster, type ProvisionedCluster } from "../cluster/provision.js";
import { HarnessError, UsageError } from "../model/errors.js";
import { runIdOf } from "../model/ids.js";
import type { Progress } from "../model/progress.js";
import type { RunOptions } from "./options.js";
import { teardown } from "./teardown.js";

export interface Session {
  readonly options: RunOptions;
  readonly progress: Progress;
  /** Aborts when the user asks to stop. */
  readonly signal: AbortSignal;
  readonly cluster: ProvisionedCluster;
  /** How long provisioning took. */
  readonly provisionMs: number;
  /** Removes the cluster unless it is to be kept; `failed` says whether to look into it may be worth it. */
  close(failed: boolean): Promise<void>;
}

/** Checks the host, then provisions; what was begun is removed when that fails or is interrupted. */
export async function openSession(
  options: RunOptions,
  progress: Progress,
  signal: AbortSignal,
): Promise<Session> {
  progress.phase("provision");
  const startedMs = Date.now();
  await demandHost(options, signal);
  const scratch = await mkdtemp(join(tmpdir(), "agent-gateway-chaos-"));
  const { keepCluster, clusterName } = options;
  const kubeconfigPath =
    keepCluster.when !== "never"
      ? join(options.reportsDir, `${clusterName}.kubeconfig`)
      : join(scratch, "kubeconfig");
  const undo = teardown();
  undo.before("remove temporary files", () => rm(scratch, { recursive: true, force: true }));
  try {
    const cluster = await provisionCluster({
      name: options.clusterName,
      reuse: options.reuseCluster,
      keep: keepCluster.when === "always",
      keepForS: keepCluster.forHours * 3_600,
      runId: runIdOf(new Date(startedMs), options.seed),
      images: options.images,
      registryMirror: options.registryMirror,
      kubeconfigPath,
      logsDirectory: join(options.reportsDir, "cluster-logs"),
      signal,
      progress,
    });
    const tellKept = (): void =>
      progress.event(
        `cluster ${clusterName} is kept: kubectl --kubeconfig ${kubeconfigPath} get pods -A; ` +
          "remove it with: npx chaos sweep --all",
      );
    if (keepCluster.when === "always") tellKept();
    const close = async (failed: boolean): Promise<void> => {
      progress.phase("teardown");
      if (keepCluster.when === "on-failure" && failed) {
        undo.before(`keep cluster ${clusterName}`, async () => {
          await cluster.keep();
          tellKept();
        });
      } else if (keepCluster.when !== "always") {
        undo.before(`remove cluster ${clusterName}`, async () => {
          await cluster.remove();
          await rm(kubeconfigPath, { force: true });
        });
      }
      await undo.run(progress);
    };
    const provisionMs = Date.now() - startedMs;
    return { options, progress, signal, cluster, provisionMs, close };
  } catch (thrown) {
    // A name that is taken is not ours to free; anything else may have left a cluster that we began.
    if (keepCluster.when !== "always" && !(thrown instanceof UsageError)) {
      undo.before(`remove cluster ${clusterName}`, () => removeCluster(clusterName));
    }
    await undo.run(progress);
    throw thrown;
  }
}

async function demandHost(options: RunOptions, signal: AbortSignal): Promise<void> {
  const [first] = await checkHost({ mode: options.images, signal });
  signal.throwIfAborted();
  if (first !== undefined) throw new HarnessError(first.problem, { fix: first.fix });
}
