/**
 * What a backend does with one export request, whatever protocol brought it: journal it, then
 * answer.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { REFUSALS, type Behaviour } from "../model/behaviour.js";
import { messageOf } from "../model/errors.js";
import type { ReceiptLine, ReceivedItem } from "../model/journal.js";
import type { BackendStatus } from "../model/observer-api.js";
import type { Signal } from "../model/signal.js";
import { nowMs } from "../observer/clock.js";
import { itemsOf } from "../observer/items.js";
import type { Journal } from "../observer/journal.js";
import { corrupt } from "./corrupt.js";
import { treatmentOf, type FaultTreatment } from "./treatment.js";

/** The body is not an export request of that signal. */
export class UnreadableRequest extends Error {
  override readonly name = "UnreadableRequest";
}

/** The backend was told not to take the request. */
export class Refusal extends Error {
  override readonly name = "Refusal";
  constructor(
    message: string,
    /** gRPC status code. */
    readonly code: number = REFUSALS.UNAVAILABLE,
    readonly retryAfterMs: number | null = null,
  ) {
    super(message);
  }
}

/** What the sender gets: OK with so many items rejected, nothing, or nothing and the end of its connection. */
export type Answer =
  | { readonly kind: "ok"; readonly rejected: number }
  | { readonly kind: "silence" }
  | { readonly kind: "reset" };
const OK: Answer = { kind: "ok", rejected: 0 };

interface ExportRequest {
  readonly signal: Signal;
  readonly peer: string;
  readonly protocol: ReceiptLine["protocol"];
  readonly body: Uint8Array;
}

export interface Receiver {
  /**
   * Resolves when the receipt is on disk. Throws UnreadableRequest, Refusal, or a HarnessError if the journal
   * fails.
   */
  receive(request: ExportRequest): Promise<Answer>;
  behave(behaviour: Behaviour): Promise<void>;
  status(): Omit<BackendStatus, "listening">;
}

export function createReceiver(journal: Journal): Receiver {
  const received: Record<Signal, number> = { traces: 0, metrics: 0, logs: 0 };
  let lastReceiptMs = 0;
  const treated = { requests: 0, items: 0 };
  let now: Behaviour["kind"] = "normal";
  let treat = treatmentOf({ kind: "normal" }, 0);

  /** One receipt, as a request of its own. */
  const store = async (
    request: ExportRequest,
    items: readonly ReceivedItem[],
    rejected = 0,
  ): Promise<Answer> => {
    const { signal, peer, protocol } = request;
    if (items.length > 0) {
      await journal.append({ k: "receipt", signal, peer, protocol, items });
    }
    received[signal] += items.length;
    lastReceiptMs = nowMs();
    return rejected === 0 ? OK : { kind: "ok", rejected };
  };

  const strike = async (
    request: ExportRequest,
    items: readonly ReceivedItem[],
    treatment: FaultTreatment,
  ): Promise<Answer> => {
    const { signal, peer } = request;
    const { did } = treatment;
    const isStruck = (place: number): boolean => did !== "rejected" || treatment.struck.has(place);
    const struck = items.filter((_, place) => isStruck(place));
    const { code, retryAfterMs } =
      did === "refused" ? treatment : { code: null, retryAfterMs: null };
    const named = struck.map(({ id, key }) => ({ id, key }));
    await journal.append({ k: "treatment", did, code, retryAfterMs, signal, peer, items: named });
    treated.requests += 1;
    treated.items += struck.length;
    switch (did) {
      case "ignored":
        return { kind: "silence" };
      case "refused":
        throw new Refusal(`told to answer ${treatment.answer}`, code ?? undefined, retryAfterMs);
      case "rejected": {
        const kept = items.filter((_, place) => !isStruck(place));
        return store(request, kept, struck.length);
      }
      case "delayed":
        await sleep(treatment.delayMs);
        return store(request, items);
      case "reset":
        await store(request, items);
        return { kind: "reset" };
    }
  };

  return {
    async receive(request) {
      const { signal, body, peer } = request;
      const items = decodeItems(request);
      const treatment = treat(items.length, nowMs());
      if ("fault" in treatment) return strike(request, items, treatment);
      const { did } = treatment;
      if (did === "nothing") return store(request, items);
      const struck =
        "struck" in treatment ? items.filter((_, place) => treatment.struck.has(place)) : items;
      const confessed = struck.map(({ id, key }) => ({ id, key }));
      await journal.append({ k: "misbehaviour", did, signal, items: confessed });
      switch (did) {
        case "withheld":
          return store(
            request,
            items.filter((item) => !struck.includes(item)),
          );
        case "repeated":
          await store(request, items);
          return store(request, struck);
        case "corrupted":
          return store(
            request,
            decodeItems({ ...request, body: corrupt(signal, body, treatment.struck) }),
          );
        case "delayed":
          await sleep(treatment.delayMs);
          return store(request, items);
        case "refused":
          throw new Refusal(`told to refuse ${items.length} items of ${peer}`);
      }
    },
    async behave(behaviour) {
      treat = treatmentOf(behaviour, nowMs());
      now = behaviour.kind;
      await journal.append({ k: "behaviour", behaviour });
    },
    status: () => ({
      boot: journal.boot,
      received: { ...received },
      lastReceiptMs,
      behaviour: now,
      treated: { ...treated },
    }),
  };
}

function decodeItems({ signal, peer, body }: ExportRequest): ReceivedItem[] {
  try {
    return itemsOf(signal, body);
  } catch (error) {
    throw new UnreadableRequest(
      `${peer} sent ${body.length} bytes that are no ${signal} request: ${messageOf(error)}`,
    );
  }
}

/**
 * The address of a peer without its port: `10.244.1.5:40112` or `::ffff:10.244.1.5:40112` is
 * `10.244.1.5`, `[fd00::7]:40112` or `fd00::7:40112` (as grpc-js writes it) is `fd00::7`.
 */
export function addressOf(peerWithPort: string): string {
  const address = peerWithPort.slice(0, Math.max(0, peerWithPort.lastIndexOf(":")));
  return plainAddress(address.replace(/^\[|\]$/g, ""));
}

/** An IPv4 address mapped into IPv6 as plain IPv4; anything else unchanged. */
export const plainAddress = (address: string): string => address.replace(/^::ffff:(?=\d+\.)/i, "");
