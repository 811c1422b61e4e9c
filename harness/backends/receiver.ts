/**
 * What a backend does with one export request, whatever protocol brought it: journal it, then
 * answer.
 */
import { messageOf } from "../model/errors.js";
import type { BackendBehaviour } from "../model/behaviour.js";
import type { ReceiptLine, ReceivedItem } from "../model/journal.js";
import type { BackendStatus } from "../model/observer-api.js";
import type { Signal } from "../model/signal.js";
import { nowMs } from "../observer/clock.js";
import { itemsOf } from "../observer/items.js";
import type { Journal } from "../observer/journal.js";

/** The body is not an export request of that signal. */
export class UnreadableRequest extends Error {
  override readonly name = "UnreadableRequest";
}

export interface Receiver {
  /**
   * Resolves when the receipt is on disk. Throws UnreadableRequest; a HarnessError if the journal
   * fails.
   */
  receive(request: {
    signal: Signal;
    peer: string;
    protocol: ReceiptLine["protocol"];
    body: Uint8Array;
  }): Promise<void>;
  behave(behaviour: BackendBehaviour): Promise<void>;
  status(): BackendStatus;
}

export function createReceiver(journal: Journal): Receiver {
  const received: Record<Signal, number> = { traces: 0, metrics: 0, logs: 0 };
  let lastReceiptMs = 0;
  let toWithhold = 0;

  return {
    async receive({ signal, peer, protocol, body }) {
      const seen = decodeItems(signal, peer, body);
      const withheld = seen.slice(0, toWithhold);
      const items = seen.slice(withheld.length);
      toWithhold -= withheld.length;
      const lines = withheld.map(({ id, key }) =>
        journal.append({ k: "withheld", signal, id, key }),
      );
      if (items.length > 0) {
        lines.push(journal.append({ k: "receipt", signal, peer, protocol, items }));
      }
      await Promise.all(lines);
      received[signal] += items.length;
      lastReceiptMs = nowMs();
    },
    async behave(behaviour) {
      toWithhold = behaviour.kind === "drop-items" ? behaviour.count : 0;
      await journal.append({ k: "behaviour", behaviour });
    },
    status: () => ({ boot: journal.boot, received: { ...received }, lastReceiptMs }),
  };
}

function decodeItems(signal: Signal, peer: string, body: Uint8Array): ReceivedItem[] {
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
