/** Takes every pod of CoreDNS away, and proves it by lookups that fail: one of ours and those of every agent. */
import { coreDnsReplicas, scaleCoreDns } from "../cluster/coredns.js";
import { waitFor, type Look } from "../cluster/wait.js";
import type { LookupAnswer } from "../model/observer-api.js";
import { awaitProof } from "./await-proof.js";
import type { Fault } from "./fault.js";
import { answerText, askDns, demandResolutions, notGrown, resolutions } from "./gateway-names.js";
import type { Resolutions } from "./gateway-names.js";

/** Agents look every 5 s, and wait 1 s for an answer. */
const PROOF_MS = 60_000;
const BACK_MS = 60_000;
/** What kubeadm gives CoreDNS, for a fault that was broken off before it knew. */
const USUAL_REPLICAS = 2;

/** A fault of kind `dns-outage`. */
export function dnsOutageFault(): Fault {
  let replicas: number | undefined;
  let before: Resolutions = new Map();
  return {
    inject: async (context) => {
      before = await demandResolutions(context);
      replicas = await coreDnsReplicas(context.client);
      await scaleCoreDns(context.client, 0, context);
      return [{ kind: "service", name: "coredns", uid: "", ip: "" }];
    },
    prove: (context) =>
      awaitProof(context, {
        what: "every agent to fail to resolve the gateways",
        timeoutMs: PROOF_MS,
        intervalMs: 1_000,
        look: async () => {
          const answer = await askDns(context);
          return judgeOutage(answer, before, await resolutions(context));
        },
      }),
    heal: async (context) => {
      const { client, signal } = context;
      const present = await coreDnsReplicas(client);
      const wanted = present > 0 ? present : (replicas ?? USUAL_REPLICAS);
      await scaleCoreDns(client, wanted || USUAL_REPLICAS, context);
      const then = await resolutions(context);
      return waitFor({
        what: "DNS to answer and every agent to resolve the gateways again",
        timeoutMs: BACK_MS,
        intervalMs: 1_000,
        signal,
        probe: async () => judgeBack(await askDns(context), then, await resolutions(context)),
      });
    },
  };
}

/** Done when a lookup fails and each agent that was there has counted a failure since the fault began. */
export function judgeOutage(
  answer: LookupAnswer,
  before: Resolutions,
  now: Resolutions,
): Look<string> {
  const says = `a lookup gives ${answerText(answer)}`;
  if (!("error" in answer) || answer.error.startsWith("not asked")) {
    return { done: false, seen: says };
  }
  const calm = notGrown(before, now, "failed");
  return calm.length > 0 || before.size === 0
    ? { done: false, seen: `${says}, but no failure at ${calm.join(", ") || "any agent"}` }
    : { done: true, value: `${says}, lookups of all ${String(before.size)} agents fail` };
}

/** Done when a lookup has an answer and each agent that there is has resolved again. */
export function judgeBack(answer: LookupAnswer, then: Resolutions, now: Resolutions): Look<string> {
  const says = `a lookup gives ${answerText(answer)}`;
  if ("error" in answer || answer.addresses.length === 0) return { done: false, seen: says };
  // A look that two agents happen to make at one moment is none between them: who is not there has died since.
  const blind = notGrown(then, now, "done").filter((pod) => now.has(pod));
  return blind.length > 0
    ? { done: false, seen: `${says}, but ${blind.join(", ")} did not resolve yet` }
    : { done: true, value: `${says}, all ${String(now.size)} agents resolve again` };
}
