/**
 * Times in which a fault kept a backend from taking what gateways sent it, from the faults' own record: how long an
 * exporter then goes on trying, when it gives up at the earliest, and when an item is due that was held up meanwhile.
 */
import type { FaultBehaviour } from "../model/behaviour.js";
import type { FaultSpec } from "../model/fault.js";
import type { FaultEvent } from "../model/history.js";
import { BACKEND_OF_SIGNAL, SIGNALS, type Signal } from "../model/signal.js";
import type { Exporter } from "./collector-config.js";
import type { DeploymentFacts } from "./deployment-facts.js";
import { SLACK_MS } from "./holds.js";

/** A time, from the order to strike to the moment when it was seen to be over; Infinity when it never was. */
export interface Trouble {
  readonly spec: FaultSpec;
  readonly fromMs: number;
  readonly toMs: number;
}

/** A time in which requests of one signal failed and were tried again, or took longer. */
export interface BackendOutage {
  readonly signal: Signal;
  readonly fromMs: number;
  /** When the last request may have failed for it: after `down`, gateways connect again only some time later. */
  readonly toMs: number;
  /** What was exported meanwhile may arrive until then. */
  readonly heldUntilMs: number;
  /** Whether each failure is on the backend's record; one that is down sees nothing of what it misses. */
  readonly onRecord: boolean;
  /** Whether more requests may have come together than a gateway's queue takes (mayOverflow). */
  readonly overflows?: boolean;
}

/**
 * Whether a gateway's queue may have overflowed in an outage. It sends a request whenever a batch is full or its time
 * is over: of so many items in so long a time at most 1 + time/timeout + items/size, if all of them came to one
 * gateway. Those that the consumers hold, and as many as the queue takes, are safe.
 */
export function mayOverflow(
  { fromMs, toMs, signal }: Pick<BackendOutage, "fromMs" | "toMs" | "signal">,
  items: number,
  { gateway }: DeploymentFacts,
): boolean {
  const { queue } = gateway.exporter[signal];
  const { timeoutMs, size } = gateway.batch[signal];
  if (queue === null) return false;
  const requests = 1 + (toMs - fromMs) / Math.max(1, timeoutMs) + items / Math.max(1, size);
  return requests > queue.size + queue.consumers;
}

/** What FaultEvent has, as the tables of a history give it too. */
export type FaultStep = Pick<FaultEvent, "atMs" | "fault" | "spec" | "step">;

/** Each fault's time, in the order of their numbers. */
export function troublesOf(events: readonly FaultStep[]): Trouble[] {
  const numbers = [...new Set(events.map(({ fault }) => fault))].sort((a, b) => a - b);
  return numbers.flatMap((number) => {
    const steps = events.filter(({ fault }) => fault === number);
    const begin = steps.find(({ step }) => step === "injecting");
    if (begin === undefined) return [];
    const end = steps.find(({ step }) => step === "healed");
    return [{ spec: begin.spec, fromMs: begin.atMs, toMs: end?.atMs ?? Infinity }];
  });
}

/**
 * gRPC waits 1 s before it connects again, then 1.6 times as long each time, by up to 20 % more or less, 120 s at most
 * (grpc/grpc doc/connection-backoff.md).
 */
const CONNECT = { initialMs: 1_000, maxMs: 120_000, multiplier: 1.6, jitter: 0.2 };

interface Backoff {
  readonly initialMs: number;
  readonly maxMs: number;
  readonly multiplier: number;
  readonly jitter: number;
}

/**
 * The longest wait that an exponential backoff may be in after it has failed for `elapsedMs`. Its kth wait is
 * i·m^k, more or less by j; those before it lasted at least (1-j)·i·(m^k-1)/(m-1) together, which is at most the
 * time that has passed. So i·m^k <= i + elapsed·(m-1)/(1-j), and the jitter comes on top.
 */
export function longestWaitMs(backoff: Backoff, elapsedMs: number): number {
  const { initialMs, maxMs, multiplier, jitter } = backoff;
  const grown = initialMs + (elapsedMs * (multiplier - 1)) / (1 - jitter);
  return Math.min(maxMs, grown) * (1 + jitter);
}

/**
 * How soon after its first attempt a request may be given up. After a failure at e the exporter gives up when e and
 * the next wait exceed max_elapsed_time (cenkalti/backoff v4, NextBackOff), so before that time has passed. The
 * smallest e with e + longestWait(e) = max_elapsed_time, by bisection, for the left side only grows.
 */
export function givesUpAfterMs({
  retryForMs,
  retry,
}: Pick<Exporter, "retryForMs" | "retry">): number {
  if (retryForMs === 0 || retryForMs === Infinity) return retryForMs;
  let [low, high] = [0, retryForMs];
  for (let step = 0; step < 50; step++) {
    const middle = (low + high) / 2;
    if (middle + longestWaitMs(retry, middle) < retryForMs) low = middle;
    else high = middle;
  }
  return low;
}

/** How one behaviour of a backend keeps gateways' requests from being done. */
interface Hindrance {
  readonly onRecord: boolean;
  /**
   * A connection has to be made anew, and there is none until the backoff allows one; so long an attempt may take, null
   * when connections stay.
   */
  readonly connectMs: number | null;
  /** A request may be answered, or tried again, so much later than usual. */
  readonly laterMs: number;
}

const REFUSED: Hindrance = { onRecord: false, connectMs: 0, laterMs: 0 };
/** gRPC gives up an attempt to connect after 20 s without an answer (grpc/grpc doc/connection-backoff.md). */
const UNHEARD: Hindrance = { ...REFUSED, connectMs: 20_000 };

function hindranceOf(behaviour: FaultBehaviour): Hindrance | null {
  switch (behaviour.kind) {
    case "down":
      return REFUSED;
    case "black-hole":
    case "reset-one-in":
      return { onRecord: true, connectMs: null, laterMs: 0 };
    case "slow":
      return { onRecord: true, connectMs: null, laterMs: behaviour.delayMs };
    case "refuse-one-in": {
      const { answer, retryAfterMs = 0 } = behaviour;
      const again = answer === "UNAVAILABLE" || retryAfterMs > 0;
      return again ? { onRecord: true, connectMs: null, laterMs: retryAfterMs } : null;
    }
    // What is rejected for good is not tried again.
    case "reject-one-in":
      return null;
  }
}

/** Every outage of a run, by signal, with those put together that one may still be in when the next begins. */
export function backendOutages(
  troubles: readonly Trouble[],
  { gateway }: DeploymentFacts,
): BackendOutage[] {
  return SIGNALS.flatMap((signal) => {
    const exporter = gateway.exporter[signal];
    const hindered = troubles
      .flatMap((trouble) => {
        const hindrance = hindranceOfSignal(trouble.spec, signal);
        return hindrance === null
          ? []
          : [{ ...hindrance, fromMs: trouble.fromMs, toMs: trouble.toMs }];
      })
      .sort((a, b) => a.fromMs - b.fromMs);
    const outages: BackendOutage[] = [];
    let joined: (typeof hindered)[number] | undefined;
    for (const next of hindered) {
      const last = outages.at(-1);
      const joins = joined !== undefined && last !== undefined && next.fromMs <= last.heldUntilMs;
      if (joins) outages.pop();
      joined = joined !== undefined && joins ? together(joined, next) : next;
      outages.push(outageOf(signal, exporter, joined));
    }
    return outages;
  });
}

type Hindered = Hindrance & Pick<Trouble, "fromMs" | "toMs">;

const together = (a: Hindered, b: Hindered): Hindered => ({
  fromMs: Math.min(a.fromMs, b.fromMs),
  toMs: Math.max(a.toMs, b.toMs),
  onRecord: a.onRecord && b.onRecord,
  connectMs:
    a.connectMs === null && b.connectMs === null
      ? null
      : Math.max(a.connectMs ?? 0, b.connectMs ?? 0),
  laterMs: Math.max(a.laterMs, b.laterMs),
});

function hindranceOfSignal(spec: FaultSpec, signal: Signal): Hindrance | null {
  // A gateway that is new or must connect anew finds no backend without DNS.
  if (spec.kind === "dns-outage") return REFUSED;
  if (spec.kind === "partition") return spec.between === "gateway-and-backends" ? UNHEARD : null;
  if (spec.kind !== "backend" || !spec.backends.includes(BACKEND_OF_SIGNAL[signal])) return null;
  return hindranceOf(spec.behaviour);
}

/** A request may fail for as long as the exporter waits for its answer, and is then tried after the longest wait. */
function outageOf(signal: Signal, exporter: Exporter, hindered: Hindered): BackendOutage {
  const { fromMs, onRecord, connectMs, laterMs } = hindered;
  const struckMs = hindered.toMs - fromMs;
  const reconnectMs = connectMs === null ? 0 : connectMs + longestWaitMs(CONNECT, struckMs);
  const failedMs = struckMs + reconnectMs + exporter.timeoutMs;
  const waitMs = exporter.retryForMs === 0 ? 0 : longestWaitMs(exporter.retry, failedMs);
  const againMs = Math.max(waitMs, laterMs) + exporter.timeoutMs;
  return {
    signal,
    fromMs,
    toMs: fromMs + failedMs,
    heldUntilMs: fromMs + failedMs + againMs + SLACK_MS,
    onRecord,
  };
}

/**
 * When an item is due at its backend that is due at `usuallyMs` without a fault and was sent at `sentMs`: an outage
 * that its way lies in, in part, may hold it.
 */
export const dueMs = (
  { sentMs, usuallyMs }: { readonly sentMs: number; readonly usuallyMs: number },
  outages: readonly Pick<BackendOutage, "fromMs" | "toMs" | "heldUntilMs">[],
): number =>
  Math.max(
    usuallyMs,
    ...outages
      .filter(({ fromMs, toMs }) => usuallyMs >= fromMs && sentMs <= toMs)
      .map(({ heldUntilMs }) => heldUntilMs),
  );
