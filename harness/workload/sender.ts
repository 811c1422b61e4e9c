/** Sends export requests over gRPC, one call an operation, each on record before and after. */
import grpc from "@grpc/grpc-js";
import { messageOf } from "../model/errors.js";
import type { OperationOutcome } from "../model/journal.js";
import type { GeneratorStatus } from "../model/observer-api.js";
import type { Signal } from "../model/signal.js";
import type { Journal } from "../observer/journal.js";
import { decodeResponse } from "../observer/otlp.js";
import { exportMethod } from "../observer/otlp-service.js";
import type { Outgoing } from "./encode.js";

export interface Sender {
  /**
   * Resolves when fewer items are in flight than the window holds: ask before each send. What waits
   * here leaves late, which is measured; memory stays bounded and nothing is skipped.
   */
  room(): Promise<void>;
  /**
   * Resolves when the operation is over and on record. `onLeave` is called when the request is
   * handed to the transport.
   */
  send(request: Outgoing, onLeave?: () => void): Promise<OperationOutcome>;
  counts(): Pick<GeneratorStatus, "operations" | "attempted" | "acked">;
  /** Closes all connections; what is in flight may still end. */
  close(): void;
}

/** The answer to one call. */
interface Answer {
  readonly outcome: OperationOutcome;
  readonly code: number;
  readonly message: string;
}

/** Answers of the collector's own receiver that say: not taken, and never will be. */
const CERTAIN_REFUSALS: ReadonlySet<number> = new Set([
  grpc.status.INVALID_ARGUMENT,
  grpc.status.UNIMPLEMENTED,
  grpc.status.UNAUTHENTICATED,
  grpc.status.PERMISSION_DENIED,
]);
/**
 * How grpc-js words an UNAVAILABLE of its own making when there is no connection that the call
 * could have been written to (load-balancer-pick-first.js). Any other UNAVAILABLE may have been
 * taken.
 */
const NEVER_LEFT = "No connection established";

const CHANNEL_OPTIONS: grpc.ChannelOptions = {
  // A retry that the journal does not know of would be a duplicate that nobody can explain.
  "grpc.enable_retries": 0,
  "grpc.use_local_subchannel_pool": 1,
  // A restarted agent is found within two seconds.
  "grpc.initial_reconnect_backoff_ms": 250,
  "grpc.max_reconnect_backoff_ms": 2_000,
};

export function createSender(options: {
  journal: Journal;
  deadlineMs: number;
  /** Items that may be in flight; the last request may exceed it. */
  windowItems: number;
}): Sender {
  const { journal, deadlineMs, windowItems } = options;
  const clients = new Map<string, grpc.Client>();
  const operations = { acked: 0, refused: 0, indeterminate: 0, inFlight: 0 };
  const attempted: Record<Signal, number> = { traces: 0, metrics: 0, logs: 0 };
  const acked: Record<Signal, number> = { traces: 0, metrics: 0, logs: 0 };
  let itemsInFlight = 0;
  let waiting: (() => void)[] = [];
  let nextOp = 0;

  const clientOf = (endpoint: string): grpc.Client => {
    let client = clients.get(endpoint);
    if (!client) {
      client = new grpc.Client(endpoint, grpc.credentials.createInsecure(), CHANNEL_OPTIONS);
      clients.set(endpoint, client);
    }
    return client;
  };
  const leave = (items: number): void => {
    operations.inFlight -= 1;
    itemsInFlight -= items;
    if (itemsInFlight >= windowItems) return;
    for (const resolve of waiting) resolve();
    waiting = [];
  };

  return {
    room: () =>
      itemsInFlight < windowItems
        ? Promise.resolve()
        : new Promise((resolve) => waiting.push(resolve)),
    async send(request, onLeave) {
      const { signal, node, endpoint, items } = request;
      operations.inFlight += 1;
      itemsInFlight += items.length;
      try {
        const op = `${journal.boot}.${nextOp++}`;
        await journal.append({ k: "invoke", op, signal, node, endpoint, items });
        attempted[signal] += items.length;
        onLeave?.();
        const answer = await exportOnce(clientOf(endpoint), request, deadlineMs);
        await journal.append({ k: "complete", op, ...answer });
        operations[answer.outcome] += 1;
        if (answer.outcome === "acked") acked[signal] += items.length;
        return answer.outcome;
      } finally {
        leave(items.length);
      }
    },
    counts: () => ({
      operations: { ...operations },
      attempted: { ...attempted },
      acked: { ...acked },
    }),
    close() {
      for (const client of clients.values()) client.close();
    },
  };
}

/** One unary call; never rejects. */
async function exportOnce(
  client: grpc.Client,
  { signal, body }: Outgoing,
  deadlineMs: number,
): Promise<Answer> {
  const { path, requestSerialize, responseDeserialize } = exportMethod(signal);
  return new Promise((resolve) => {
    client.makeUnaryRequest(
      path,
      requestSerialize,
      responseDeserialize,
      body,
      new grpc.Metadata(),
      { deadline: Date.now() + deadlineMs },
      (error, response) => resolve(error ? failure(error) : readAnswer(response)),
    );
  });
}

function failure({ code, details }: grpc.ServiceError): Answer {
  const neverLeft = code === grpc.status.UNAVAILABLE && details.startsWith(NEVER_LEFT);
  const outcome = neverLeft || CERTAIN_REFUSALS.has(code) ? "refused" : "indeterminate";
  return { outcome, code, message: details };
}

/** A partial success tells how many items were rejected, not which: nothing of it is certain. */
function readAnswer(response: Buffer | undefined): Answer {
  try {
    const { partialSuccess } = decodeResponse(response ?? Buffer.alloc(0));
    const rejected = Number(partialSuccess?.rejected ?? 0);
    if (rejected === 0) return { outcome: "acked", code: grpc.status.OK, message: "" };
    const why = partialSuccess?.errorMessage ?? "";
    const message = `${rejected} items rejected: ${why}`;
    return { outcome: "indeterminate", code: grpc.status.OK, message };
  } catch (error) {
    const message = `unreadable answer: ${messageOf(error)}`;
    return { outcome: "indeterminate", code: grpc.status.OK, message };
  }
}
