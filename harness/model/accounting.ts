/** The books of one signal: every attempted item in exactly one column, and the sums that prove it. */
import { z } from "zod";

const count = z.number().int().nonnegative();

/**
 * Items are spans, metric points or log records; counts are of distinct items.
 *   attempted = acked + refused + indeterminate
 *   acked     = delivered + lostExplained + lostUnexplained + sampledOut + leaked + undecidable
 *   received  = delivered + leaked + recovered + undecidableReceived + unexpected
 */
export const Accounting = z.object({
  attempted: count.describe("handed to an agent, journaled before the send"),
  acked: count.describe("answered OK by the agent with nothing rejected"),
  refused: count.describe("certainly not taken by the agent"),
  indeterminate: count.describe("no answer that says whether the agent took it"),
  delivered: count.describe("acked, expected at the backend, and there"),
  lostExplained: count.describe(
    "acked, expected, missing, inside a window the configuration allows",
  ),
  lostUnexplained: count.describe("acked, expected, missing, and nothing explains it"),
  sampledOut: count.describe("acked, and absent as tail sampling was predicted to decide"),
  leaked: count.describe("acked, predicted to be sampled out, yet received"),
  undecidable: count.describe(
    "acked, and nobody can say whether it had to arrive: its decision is not predictable, or it was not yet due",
  ),
  undecidableReceived: count.describe("of the undecidable, those that were received"),
  recovered: count.describe("refused or indeterminate, yet received"),
  received: count.describe("distinct items at the backend"),
  duplicated: count.describe("further receipts of an item already received"),
  // A run record that was written before this column has none of them.
  stale: count
    .default(0)
    .describe("of the delivered, those received later after they were due than the limit allows"),
  unexpected: count.describe("received, but never sent by this run"),
  torn: count.describe("traces received in part although every span was expected (spans only)"),
  misrouted: count.describe(
    "received from, or audited at, a gateway that no possible ring owns it to",
  ),
  transitional: count.describe(
    "received from a gateway that owned it in one of several possible rings",
  ),
  balances: z.boolean().describe("all sums above add up"),
});
export type Accounting = z.infer<typeof Accounting>;

/** The three sums of Accounting. */
export function balances(a: Omit<Accounting, "balances">): boolean {
  return (
    a.attempted === a.acked + a.refused + a.indeterminate &&
    a.acked ===
      a.delivered + a.lostExplained + a.lostUnexplained + a.sampledOut + a.leaked + a.undecidable &&
    a.received === a.delivered + a.leaked + a.recovered + a.undecidableReceived + a.unexpected
  );
}

/** Where along the path an item was lost. */
export const LOSS_PLACES = [
  "agent",
  "agent-to-gateway",
  "before-gateway",
  "gateway-tail-sampling",
  "gateway-batch",
  "gateway-queue",
  "gateway-to-backend",
  "from-gateway",
  "unknown",
] as const;
export type LossPlace = (typeof LOSS_PLACES)[number];

const LOSS_PLACE_TEXT: Record<LossPlace, string> = {
  agent: "in the agent",
  "agent-to-gateway": "between agent and gateway",
  "before-gateway": "before any gateway acknowledged it",
  "gateway-tail-sampling": "in the gateway's tail-sampling memory",
  "gateway-batch": "in the gateway's batch",
  "gateway-queue": "in the gateway's sending queue",
  "gateway-to-backend": "between gateway and backend",
  "from-gateway": "in the gateway that got it or behind it",
  unknown: "somewhere that the record does not show",
};

/** A place for people, with how sure it is: `seen` by an audit, else only inferred from times. */
export const lossPlaceText = (place: LossPlace, seen: boolean): string =>
  seen || place === "unknown" ? LOSS_PLACE_TEXT[place] : `probably ${LOSS_PLACE_TEXT[place]}`;
