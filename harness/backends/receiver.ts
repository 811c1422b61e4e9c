/**
 * What a backend does with one export request, whatever protocol brought it: journal it, then
 * answer.
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { BackendBehaviour } from "../model/behaviour.js";
import { messageOf } from "../model/errors.js";
import type { ReceiptLine, ReceivedItem } from "../model/journal.js";
import type { BackendStatus } from "../model/observer-api.js";
import type { Signal } from "../model/signal.js";
import { nowMs } from "../observer/clock.js";
import { itemsOf } from "../observer/items.js";
import type { Journal } from "../observer/journal.js";
import { corrupt } from "./corrupt.js";
import { treatmentOf } from "./treatment.js";

/** The body is not an export request of that signal. */
export class UnreadableRequest extends Error {
  override readonly name = "UnreadableRequest";
}

/** The backend was told not to take requests: its senders are to try again. */
export class Unavailable extends Error {
  override readonly name = "Unavailable";
}

interface ExportRequest {
  readonly signal: Signal;
  readonly peer: string;
  readonly protocol: ReceiptLine["protocol"];
  readonly body: Uint8Array;
}

export interface Receiver {
  /**
   * Resolves when the receipt is on disk. Throws UnreadableRequest, Unavailable, or a HarnessError if the journal
   * fails.
   */
  receive(request: ExportRequest): Promise<void>;
  behave(behaviour: BackendBehaviour): Promise<void>;
  status(): BackendStatus;
}

export function createReceiver(journal: Journal): Receiver {
  const received: Record<Signal, number> = { traces: 0, metrics: 0, logs: 0 };
  let lastReceiptMs = 0;
  let treat = treatmentOf({ kind: "normal" }, 0);

  /** One receipt, as a request of its own. */
  const store = async (request: ExportRequest, items: readonly ReceivedItem[]): Promise<void> => {
    const { signal, peer, protocol } = request;
    if (items.length > 0) {
      await journal.append({ k: "receipt", signal, peer, protocol, items });
    }
    received[signal] += items.length;
    lastReceiptMs = nowMs();
  };

  return {
    async receive(request) {
      const { signal, body, peer } = request;
      const items = decodeItems(request);
      const treatment = treat(items.length, nowMs());
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
          throw new Unavailable(`told to refuse ${items.length} items of ${peer}`);
      }
    },
    async behave(behaviour) {
      treat = treatmentOf(behaviour, nowMs());
      await journal.append({ k: "behaviour", behaviour });
    },
    status: () => ({ boot: journal.boot, received: { ...received }, lastReceiptMs }),
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
