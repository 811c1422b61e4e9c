/**
 * How a backend stand-in may behave on request; `normal` is the default. Everything counts exactly, in the order of
 * arrival from the moment of the request, so that it does the same each time. What a control makes it do, invariants
 * must find out by themselves; what a fault makes it do is on record for them.
 */
import { z } from "zod";

/** A run waits longer than this for what is on its way, so that what is late is not taken for lost. */
const MAX_DELAY_MS = 20_000;
/** Well below the 5 minutes for which a gateway retries by default. */
const MAX_OUTAGE_MS = 60_000;

/** Strikes the nth, the 2nth, … of all items or requests. */
const oneIn = z.number().int().min(1).max(1_000_000);

export const BackendBehaviour = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("normal") }),
  /** Answers OK and forgets the next `count` items. */
  z.strictObject({ kind: z.literal("drop-items"), count: z.number().int().nonnegative() }),
  /** Answers OK and forgets every nth item. */
  z.strictObject({ kind: z.literal("drop-one-in"), n: oneIn }),
  /** Has every nth item twice, as if its gateway had sent it again in a request of its own. */
  z.strictObject({ kind: z.literal("duplicate-one-in"), n: oneIn }),
  /** Keeps every nth item with an altered payload under its own identity. */
  z.strictObject({ kind: z.literal("corrupt-one-in"), n: oneIn }),
  /**
   * Stores and answers every nth request `delayMs` late. From 5 s on, what a collector waits for an answer by default,
   * the gateway sends it again.
   */
  z.strictObject({
    kind: z.literal("delay-one-in"),
    n: oneIn,
    delayMs: z.number().positive().max(MAX_DELAY_MS),
  }),
  /** Answers UNAVAILABLE to the next `count` requests and stores nothing of them. */
  z.strictObject({ kind: z.literal("refuse-requests"), count: z.number().int().positive() }),
  /** Answers UNAVAILABLE to every request for `forMs`. */
  z.strictObject({
    kind: z.literal("unavailable"),
    forMs: z.number().positive().max(MAX_OUTAGE_MS),
  }),
]);
/** Data of a control: what one backend does wrong. */
export type BackendBehaviour = z.infer<typeof BackendBehaviour>;

/** gRPC status codes that a backend answers with. */
export const REFUSALS = { INVALID_ARGUMENT: 3, RESOURCE_EXHAUSTED: 8, UNAVAILABLE: 14 } as const;
export type RefusalName = keyof typeof REFUSALS;

/** What a fault makes of a backend, until it is told otherwise. */
export const FaultBehaviour = z.discriminatedUnion("kind", [
  /** Nobody listens on its OTLP ports: connections are refused, those that are open are reset. */
  z.strictObject({ kind: z.literal("down") }),
  /** Takes every request, stores nothing and never answers. */
  z.strictObject({ kind: z.literal("black-hole") }),
  /** Stores and answers every request `delayMs` late. */
  z.strictObject({
    kind: z.literal("slow"),
    delayMs: z.number().positive().max(MAX_DELAY_MS),
  }),
  /**
   * Answers every nth request with an error and stores nothing of it; with `retryAfterMs` it says when to try again.
   */
  z.strictObject({
    kind: z.literal("refuse-one-in"),
    n: oneIn,
    answer: z.enum(Object.keys(REFUSALS) as [RefusalName, ...RefusalName[]]),
    retryAfterMs: z.number().positive().max(MAX_DELAY_MS).optional(),
  }),
  /** Answers OK with a partial success: every nth item is rejected. */
  z.strictObject({ kind: z.literal("reject-one-in"), n: oneIn }),
  /** Stores every nth request and resets all connections instead of answering it. */
  z.strictObject({ kind: z.literal("reset-one-in"), n: oneIn }),
]);
export type FaultBehaviour = z.infer<typeof FaultBehaviour>;

/** What a backend can be told. */
export const Behaviour = z.discriminatedUnion("kind", [BackendBehaviour, FaultBehaviour]);
export type Behaviour = z.infer<typeof Behaviour>;

/** Why a value is no behaviour of that kind, in one line; undefined when it is one. */
export function behaviourTrouble(
  value: unknown,
  schema: typeof BackendBehaviour | typeof Behaviour = BackendBehaviour,
): string | undefined {
  const { error } = schema.safeParse(value);
  const [issue] = error?.issues ?? [];
  if (issue === undefined) return undefined;
  return `${issue.path.join(".") || "kind"}: ${issue.message}`;
}
