/** Rolls a tier over to a new template: the same anew, or one that never gets ready and is put back. */
import {
  readTemplate,
  writeTemplate,
  type Template,
  type Tier,
} from "../cluster/change-template.js";
import { waitFor, type Look } from "../cluster/wait.js";
import { HarnessError } from "../model/errors.js";
import type { Rollout } from "../model/pod-faults.js";
import { awaitProof } from "./await-proof.js";
import { collectors, targetOf, type CollectorState } from "./collectors.js";
import type { Fault, FaultContext } from "./fault.js";

/** Pods are replaced one after the other; an agent must wait for the node's ports besides. */
const PROOF_MS = 170_000;
const HEAL_MS = 170_000;
/** A pod that is well is ready by then: its first probe comes after 5 s or 10 s, the rest is room for a busy host. */
const READY_BY_MS = 25_000;
/** The probes reach the pod by its address only. */
const HEALTH_CHECK = { open: "endpoint: 0.0.0.0:13133", closed: "endpoint: 127.0.0.1:13133" };
const NO_SUCH_TAG = "chaos-no-such-tag";
const PULL_FAILED = ["ErrImagePull", "ImagePullBackOff", "ErrImageNeverPull"];

/** A fault of kind `rollout`. */
export function rolloutFault({ tier, to }: Rollout): Fault {
  let before: readonly CollectorState[] = [];
  /** What was there, once this fault is about to change it. */
  let saved: Template | undefined;
  let leastReady = Infinity;
  const look = async (context: FaultContext): Promise<CollectorState[]> => {
    const now = await collectors(context, tier);
    leastReady = Math.min(leastReady, now.filter(({ ready }) => ready).length);
    return now;
  };
  return {
    inject: async (context) => {
      const { client } = context;
      before = await collectors(context, tier);
      if (before.length === 0 || before.some(({ ready }) => !ready)) {
        throw new HarnessError(`a rollout begins with every ${tier} ready, and one is not`);
      }
      const where = tierOf(context, tier);
      const template = await readTemplate(client, where);
      const changed = changedTemplate(template, to, new Date());
      saved = template;
      await writeTemplate(client, where, changed);
      return before.map(targetOf);
    },
    prove: async (context) => {
      if (saved === undefined) return { proven: false, proof: "no rollout was begun" };
      return awaitProof(context, {
        what: `the rollout of the ${tier}s to show`,
        timeoutMs: PROOF_MS,
        look: async () => {
          const now = await look(context);
          return to === "restart"
            ? judgeRolled(before, now, leastReady)
            : judgeStuck(to, before, now, { nowMs: Date.now(), leastReady });
        },
      });
    },
    heal: async (context) => {
      if (to === "restart" || saved === undefined) return "";
      await writeTemplate(context.client, tierOf(context, tier), saved);
      return waitFor({
        what: `the ${tier}s to be back at their old template`,
        timeoutMs: HEAL_MS,
        signal: context.signal,
        probe: async () => judgeRestored(before, await collectors(context, tier)),
      });
    },
  };
}

const tierOf = ({ namespace }: FaultContext, tier: Rollout["tier"]): Tier => ({
  namespace,
  kind: tier === "gateway" ? "Deployment" : "DaemonSet",
  name: `otel-${tier}`,
  configMap: `otel-${tier}-config`,
});

/** HarnessError when the configuration has no health check to close. */
export function changedTemplate(template: Template, to: Rollout["to"], now: Date): Template {
  const restartedAt = now.toISOString();
  switch (to) {
    case "restart":
      return { ...template, restartedAt };
    case "broken-image":
      return { ...template, image: `${template.image.replace(/:[^:/]*$/, "")}:${NO_SUCH_TAG}` };
    case "unready-config": {
      const config = template.config.replace(HEALTH_CHECK.open, HEALTH_CHECK.closed);
      if (config !== template.config) return { ...template, config, restartedAt };
      throw new HarnessError(
        `the collector's configuration has no "${HEALTH_CHECK.open}", so it cannot be kept from being ready`,
      );
    }
  }
}

/** Done when every pod was replaced by a ready one of one other template. */
export function judgeRolled(
  before: readonly CollectorState[],
  now: readonly CollectorState[],
  leastReady: number,
): Look<string> {
  const old = now.filter(({ uid }) => before.some((pod) => pod.uid === uid));
  const ready = now.filter((pod) => pod.ready && !old.includes(pod));
  const templates = [...new Set(ready.map(({ template }) => template))];
  const known = templatesOf(before);
  const told =
    `${String(before.length - old.length)} of ${String(before.length)} pods of template ${known} gone, ` +
    `${String(ready.length)} of ${templates.join(", ") || "another"} ready, ` +
    `at least ${String(leastReady)} ready all along`;
  const done =
    old.length === 0 &&
    ready.length >= before.length &&
    templates.length === 1 &&
    !before.some(({ template }) => template === templates[0]);
  return done ? { done, value: told } : { done: false, seen: told };
}

/** Done when a pod of another template shows that it cannot start, or had its time to get ready and is not. */
export function judgeStuck(
  to: Exclude<Rollout["to"], "restart">,
  before: readonly CollectorState[],
  now: readonly CollectorState[],
  { nowMs, leastReady }: { readonly nowMs: number; readonly leastReady: number },
): Look<string> {
  const fresh = now.filter(({ template }) => before.every((pod) => pod.template !== template));
  const well = fresh.find(({ ready }) => ready);
  if (well !== undefined) return { done: false, seen: `${well.name} of the new template is ready` };
  const [first] = fresh;
  if (first === undefined) return { done: false, seen: "no pod of another template" };
  const stuck = fresh.find(({ waiting, runningSinceMs, restarts }) =>
    to === "broken-image"
      ? PULL_FAILED.includes(waiting)
      : restarts > 0 || (runningSinceMs !== null && nowMs - runningSinceMs >= READY_BY_MS),
  );
  if (stuck === undefined) {
    return { done: false, seen: `${first.name}: ${first.waiting || "running, not yet ready"}` };
  }
  const why = to === "broken-image" ? stuck.waiting : "running and not ready";
  const left = `at least ${String(leastReady)} of ${String(before.length)} pods ready all along`;
  return { done: true, value: `${stuck.name} of template ${stuck.template}: ${why}; ${left}` };
}

/** Done when as many pods as before are ready and no other is there, all of the template of before. */
export function judgeRestored(
  before: readonly CollectorState[],
  now: readonly CollectorState[],
): Look<string> {
  const own = now.filter(({ template }) => before.some((pod) => pod.template === template));
  const ready = own.filter((pod) => pod.ready).length;
  const told = `${String(ready)} of ${String(before.length)} pods of template ${templatesOf(before)} ready`;
  if (now.length === own.length && ready === before.length && own.length === ready) {
    return { done: true, value: told };
  }
  return { done: false, seen: `${told}, ${String(now.length - own.length)} of another` };
}

const templatesOf = (pods: readonly CollectorState[]): string =>
  [...new Set(pods.map(({ template }) => template))].join(", ");
