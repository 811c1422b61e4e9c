/** What the runs of one command share: the cluster, what is known about it, its renewal and its removal. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checkHost } from "kind-node";
import { demandBaseline } from "../cluster/baseline.js";
import { removeCluster } from "../cluster/ownership.js";
import {
  provisionCluster,
  type ProvisionedCluster,
  type ProvisionOptions,
} from "../cluster/provision.js";
import { HarnessError, messageOf, UsageError } from "../model/errors.js";
import { runIdOf } from "../model/ids.js";
import type { Progress } from "../model/progress.js";
import type { RunOptions } from "./options.js";
import { teardown } from "./teardown.js";

/** What one run works with. */
export interface Session {
  readonly options: RunOptions;
  readonly progress: Progress;
  /** Aborts when the user asks to stop. */
  readonly signal: AbortSignal;
  readonly cluster: ProvisionedCluster;
  /** How long provisioning took. */
  readonly provisionMs: number;
  /** Why the cluster was made anew right before this run; undefined when it was not. */
  readonly rebuilt: string | undefined;
  /** From now on the cluster is broken: the next run gets a new one, and nobody keeps this one. */
  readonly spoil: (why: string) => void;
}

/** What all runs of a command work with, one after another. */
export interface SharedSession {
  readonly signal: AbortSignal;
  /** The cluster at its baseline, made anew, once, when it does not come back to it. */
  forRun(options: RunOptions): Promise<Session>;
  /** Removes the cluster unless it is to be kept; `failed` says whether to look into it may be worth it. */
  close(failed: boolean): Promise<void>;
}

/** Of a cluster of our own. Checks the host, then provisions; what was begun is removed when that fails. */
export async function openSession(
  options: RunOptions,
  progress: Progress,
  signal: AbortSignal,
): Promise<SharedSession> {
  progress.phase("provision");
  const startedMs = Date.now();
  await demandHost(options, signal);
  const scratch = await mkdtemp(join(tmpdir(), "agent-gateway-chaos-"));
  const { keepCluster, clusterName } = options;
  const undo = teardown();
  undo.before("remove temporary files", () => rm(scratch, { recursive: true, force: true }));
  const provisioning = provisioningOf({ options, progress, signal, scratch, startedMs });
  const { kubeconfigPath } = provisioning;
  try {
    let cluster = await provisionCluster(provisioning);
    let broken: string | undefined;
    const tellKept = (): void =>
      progress.event(
        `cluster ${clusterName} is kept: kubectl --kubeconfig ${kubeconfigPath} get pods -A; ` +
          "remove it with: npx chaos sweep --all",
      );
    if (keepCluster.when === "always") tellKept();
    const spoil = (why: string): void => {
      broken = why;
    };
    const provisionMs = Date.now() - startedMs;
    const forRun = async (runOptions: RunOptions): Promise<Session> => {
      const rebuilt = broken ?? (await offBaseline(cluster, { progress, signal }));
      if (rebuilt !== undefined) {
        progress.warn(`cluster ${clusterName} is made anew: ${rebuilt}`);
        await cluster.remove();
        const { ipFamily = options.ipFamily } = cluster;
        cluster = await provisionCluster({ ...provisioning, ipFamily, reuse: false });
        await demandBaseline(cluster, { progress, signal });
        broken = undefined;
      }
      return { options: runOptions, progress, signal, cluster, provisionMs, rebuilt, spoil };
    };
    const close = async (failed: boolean): Promise<void> => {
      progress.phase("teardown");
      if (broken !== undefined) {
        progress.warn(`cluster ${clusterName} is removed, not left broken: ${broken}`);
      }
      if (broken === undefined && keepCluster.when === "on-failure" && failed) {
        undo.before(`keep cluster ${clusterName}`, async () => {
          await cluster.keep();
          tellKept();
        });
      } else if (broken !== undefined || keepCluster.when !== "always") {
        undo.before(`remove cluster ${clusterName}`, async () => {
          await cluster.remove();
          await rm(kubeconfigPath, { force: true });
        });
      }
      await undo.run(progress);
    };
    return { signal, forRun, close };
  } catch (thrown) {
    // A name that is taken is not ours to free; anything else may have left a cluster that we began.
    if (keepCluster.when !== "always" && !(thrown instanceof UsageError)) {
      undo.before(`remove cluster ${clusterName}`, () => removeCluster(clusterName));
    }
    await undo.run(progress);
    throw thrown;
  }
}

function provisioningOf(input: {
  readonly options: RunOptions;
  readonly progress: Progress;
  readonly signal: AbortSignal;
  readonly scratch: string;
  readonly startedMs: number;
}): ProvisionOptions {
  const { options, progress, signal, scratch, startedMs } = input;
  const { keepCluster, clusterName, reportsDir } = options;
  return {
    name: clusterName,
    reuse: options.reuseCluster,
    keep: keepCluster.when === "always",
    keepForS: keepCluster.forHours * 3_600,
    ipFamily: options.ipFamily,
    runId: runIdOf(new Date(startedMs), options.seed),
    images: options.images,
    registryMirror: options.registryMirror,
    kubeconfigPath:
      keepCluster.when === "never"
        ? join(scratch, "kubeconfig")
        : join(reportsDir, `${clusterName}.kubeconfig`),
    logsDirectory: join(reportsDir, "cluster-logs"),
    signal,
    progress,
  };
}

/** Brings the cluster back to what a run needs; why it does not come back, undefined when it does. */
async function offBaseline(
  cluster: ProvisionedCluster,
  options: { readonly progress: Progress; readonly signal: AbortSignal },
): Promise<string | undefined> {
  try {
    await cluster.clear(options);
    await demandBaseline(cluster, options);
    return undefined;
  } catch (thrown) {
    options.signal.throwIfAborted();
    return messageOf(thrown);
  }
}

async function demandHost(options: RunOptions, signal: AbortSignal): Promise<void> {
  const { images, ipFamily, reuseCluster } = options;
  const family = reuseCluster ? undefined : ipFamily;
  const [first] = await checkHost({ mode: images, ipFamily: family, signal });
  signal.throwIfAborted();
  if (first !== undefined) throw new HarnessError(first.problem, { fix: first.fix });
}
