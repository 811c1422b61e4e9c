/**
 * Freezes what DNS says of the gateways by addresses in CoreDNS's own configuration. Proven when the gateways have
 * changed and DNS still gives the old ones, so a schedule must pair it with what changes them.
 */
import {
  applyCorefile,
  readCorefile,
  withFrozenName,
  withoutFrozenName,
} from "../cluster/coredns.js";
import { waitFor, type Look } from "../cluster/wait.js";
import { HarnessError } from "../model/errors.js";
import type { LookupAnswer } from "../model/observer-api.js";
import { awaitProof } from "./await-proof.js";
import type { Fault } from "./fault.js";
import { answerText, askDns, gatewayHost, readyGateways } from "./gateway-names.js";

/** Longest that a schedule may take to change the gateways, and those to be ready. */
const PROOF_MS = 150_000;
const BACK_MS = 60_000;

/** A fault of kind `dns-stale`. */
export function dnsStaleFault(): Fault {
  let frozen: readonly string[] = [];
  return {
    inject: async (context) => {
      const { client, namespace, signal } = context;
      frozen = await readyGateways(context);
      if (frozen.length === 0) throw new HarnessError("there is no ready gateway to freeze");
      const usual = withoutFrozenName(await readCorefile(client));
      const corefile = withFrozenName(usual, gatewayHost(namespace), frozen);
      await applyCorefile(client, { corefile, name: "frozen" }, { signal });
      return [{ kind: "service", name: "coredns", uid: "", ip: "" }];
    },
    prove: (context) =>
      awaitProof(context, {
        what: "DNS to give gateways that are not the present ones",
        timeoutMs: PROOF_MS,
        intervalMs: 1_000,
        look: async () => judgeStale(frozen, await askDns(context), await readyGateways(context)),
      }),
    heal: async (context) => {
      const { client, signal } = context;
      const corefile = withoutFrozenName(await readCorefile(client));
      await applyCorefile(client, { corefile, name: "closed" }, { signal });
      return waitFor({
        what: "DNS to give the present gateways",
        timeoutMs: BACK_MS,
        intervalMs: 1_000,
        signal,
        probe: async () => judgeTrue(await askDns(context), await readyGateways(context)),
      });
    },
  };
}

/** Done when DNS gives what was frozen although other gateways are ready by now. */
export function judgeStale(
  frozen: readonly string[],
  answer: LookupAnswer,
  ready: readonly string[],
): Look<string> {
  const says = `DNS gives ${answerText(answer)} where ${ready.join(" ") || "none"} are ready`;
  const isFrozen = "addresses" in answer && answer.addresses.join() === [...frozen].sort().join();
  const fresh = ready.some((ip) => !frozen.includes(ip));
  return isFrozen && fresh ? { done: true, value: says } : { done: false, seen: says };
}

/** Done when DNS gives exactly the gateways that are ready. */
export function judgeTrue(answer: LookupAnswer, ready: readonly string[]): Look<string> {
  const says = `DNS gives ${answerText(answer)}`;
  const isTrue = "addresses" in answer && answer.addresses.join() === ready.join();
  return isTrue && ready.length > 0
    ? { done: true, value: `${says}, the present gateways` }
    : { done: false, seen: `${says} where ${ready.join(" ") || "none"} are ready` };
}
