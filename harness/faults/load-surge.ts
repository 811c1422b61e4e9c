/** More load beside the scenario's own, and the proof of what it does: more gateways, or agents out of memory. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Look } from "../cluster/wait.js";
import type { FaultTarget } from "../model/history.js";
import type { LoadSurge } from "../model/pod-faults.js";
import { awaitProof } from "./await-proof.js";
import { collectors, named, targetOf, type CollectorState } from "./collectors.js";
import type { Fault, FaultContext } from "./fault.js";

/** The longest that the harness lets a proof take after the surge; the surge itself counts besides. */
const PROOF_MS = 170_000;
/** Ended by healing; this is only the bound for a harness that died. */
const LONGEST_MS = 1_800_000;
const LOOK_MS = 1_000;
/** Longer than the traces that have begun take to be sent. */
const DRAIN_MS = 6_000;

/** What the generator has sent, at a time. */
export interface Sent {
  readonly atMs: number;
  readonly spans: number;
}

/** A fault of kind `load-surge`. */
export function loadSurgeFault({ tracesPerSecond, into, shows }: LoadSurge): Fault {
  const tier = shows === "scale-out" ? "gateway" : "agent";
  let before: readonly CollectorState[] = [];
  let begin: Sent | undefined;
  let targets: readonly FaultTarget[] = [];
  return {
    // An agent that was killed has shown all there is to see: what more is sent it does not take.
    ...(shows === "oom-kill" ? { healsOnceProven: true } : {}),
    inject: async (context) => {
      const { observers, random, signal } = context;
      before = await collectors(context, tier);
      const stream = `surge-${random.hex(4)}`;
      const one =
        into === "one-agent" ? [random.pick(await collectors(context, "agent"))] : undefined;
      if (tier === "agent") before = one ?? before;
      const sent = await sentBy(context);
      const nodes = one?.map(({ node }) => node);
      const order = { stream, tracesPerSecond, durationMs: LONGEST_MS, nodes };
      await observers.generator.surge(order, signal);
      begin = sent;
      targets = before.map(targetOf);
      return targets;
    },
    prove: async (context) => {
      const since = begin;
      if (since === undefined) return { proven: false, proof: "no surge was begun" };
      let mostPerSecond = 0;
      return awaitProof(context, {
        what: `the surge to show as ${shows}`,
        timeoutMs: PROOF_MS,
        intervalMs: LOOK_MS,
        look: async () => {
          mostPerSecond = Math.max(mostPerSecond, spansPerSecond(since, await sentBy(context)));
          return judgeSurge(shows, before, await collectors(context, tier), mostPerSecond);
        },
      });
    },
    heal: async ({ observers, signal }) => {
      if (begin === undefined) return "";
      await observers.generator.stopSurges(signal);
      await sleep(DRAIN_MS, undefined, { signal });
      return "the surge has ended";
    },
  };
}

const sentBy = async ({ observers, signal }: FaultContext): Promise<Sent> => {
  const { attempted } = await observers.generator.status(signal);
  return { atMs: Date.now(), spans: attempted.traces };
};

const spansPerSecond = (from: Sent, to: Sent): number =>
  to.atMs <= from.atMs ? 0 : ((to.spans - from.spans) * 1_000) / (to.atMs - from.atMs);

/**
 * Done when more pods than before are ready, or when a container of before was restarted because it ran out of
 * memory. Tells how many spans a second were sent, on average since the surge began.
 */
export function judgeSurge(
  shows: LoadSurge["shows"],
  before: readonly CollectorState[],
  now: readonly CollectorState[],
  perSecond: number,
): Look<string> {
  const load = `${String(Math.round(perSecond))} spans/s sent`;
  if (shows === "scale-out") {
    const ready = now.filter((pod) => pod.ready);
    const fresh = ready.filter(({ uid }) => before.every((pod) => pod.uid !== uid));
    const told = `${load}, ${String(ready.length)} gateways ready where ${String(before.length)} were`;
    const more = fresh.length > 0 && ready.length > before.length;
    return more
      ? { done: true, value: `${told}: ${named(fresh)} came` }
      : { done: false, seen: told };
  }
  const killed = now.filter(({ uid, restarts, lastEnd }) => {
    const known = before.find((pod) => pod.uid === uid);
    return known !== undefined && restarts > known.restarts && lastEnd?.reason === "OOMKilled";
  });
  return killed.length > 0
    ? { done: true, value: `${load}, ${named(killed)} OOMKilled` }
    : { done: false, seen: `${load}, no agent was OOMKilled` };
}
