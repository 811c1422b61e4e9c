/** What explaining a loss rests on: the lost item, and each gateway that may have had it. */
import type { Signal } from "../model/signal.js";

/** A gateway that an item may have been routed to, and what its trace looks like there. */
export interface PossibleOwner {
  readonly ip: string;
  /** Arrival of the first item of the trace at this gateway: between these times. */
  readonly firstFromMs: number;
  readonly firstByMs: number;
  /** Whether the part of the trace at this gateway may lack what made the trace worth keeping. */
  readonly mayLackEvidence: boolean;
  /** Whether agents may have held a part of the trace for this gateway, or dropped it. */
  readonly heldUp?: boolean;
  /** Until when agents may have held the item for this gateway; null or absent when they did not. */
  readonly heldUntilMs?: number | null;
  /** Whether an agent may have had more requests for this gateway at once than it has a queue for. */
  readonly crowdedOut?: boolean;
  /** What an audit saw: when the item came to this gateway, null when it never did; undefined without an audit. */
  readonly reached?: { readonly fromMs: number; readonly byMs: number } | null | undefined;
}

/** An acknowledged, expected item that never arrived. */
export interface LostItem {
  readonly signal: Signal;
  /** First send, and last answer. */
  readonly sentMs: number;
  readonly ackedMs: number;
  readonly owners: readonly PossibleOwner[];
  /** Every agent that acknowledged it died before it must have handed it on (holds.ts, inAgentMs). */
  readonly diedWithAgent: boolean;
  /** It was an agent's start, not its death, for one of them at least (agent-starts.ts). */
  readonly ringless: boolean;
  /** That is so of an item of its trace, or of itself. */
  readonly traceDiedWithAgent: boolean;
  /** Gateways from which its backend, by its own record, got it and rejected it for good. */
  readonly rejectedFrom?: readonly string[];
  /** First and last time that its backend, by its own record, failed to take it and might be asked again. */
  readonly failed?: { readonly fromMs: number; readonly byMs: number } | null;
}
