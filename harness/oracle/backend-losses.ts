/** What a backend that a fault struck explains of a loss: by its own record, or by how long it was away. */
import { givesUpAfterMs, type BackendOutage } from "./backend-outages.js";
import type { DeploymentFacts } from "./deployment-facts.js";
import { SLACK_MS } from "./holds.js";
import type { LostItem } from "./lost-item.js";
import { passageOf } from "./passage.js";

/**
 * Whether a gateway may have dropped the item after it had tried for long enough. What failed on the backend's record
 * was tried for at most one answer's time longer than it shows; a backend that was down, or could not be found, has no
 * record, and must have been away for so long from when the item was there to be sent.
 */
export function givenUp(
  item: LostItem,
  facts: DeploymentFacts,
  outages: readonly BackendOutage[],
): boolean {
  const exporter = facts.gateway.exporter[item.signal];
  const earliestMs = givesUpAfterMs(exporter);
  const { failed } = item;
  if (failed !== undefined && failed !== null) {
    const triedMs = failed.byMs - failed.fromMs + exporter.timeoutMs + SLACK_MS;
    if (triedMs >= earliestMs) return true;
  }
  return outages.some(
    (outage) => !outage.onRecord && leavesBatchIn(item, facts, outage, outage.toMs - earliestMs),
  );
}

/** Whether the item may have come to a queue that an outage had filled. It empties only when requests are done. */
export const turnedAway = (
  item: LostItem,
  facts: DeploymentFacts,
  outages: readonly BackendOutage[],
): boolean =>
  outages.some(
    (outage) => outage.overflows === true && leavesBatchIn(item, facts, outage, outage.heldUntilMs),
  );

/** Whether a gateway may have handed the item to its exporter since an outage began and until a time. */
const leavesBatchIn = (
  item: LostItem,
  facts: DeploymentFacts,
  { signal, fromMs }: BackendOutage,
  untilMs: number,
): boolean =>
  signal === item.signal &&
  item.owners
    .filter(({ reached }) => reached !== null)
    .map((owner) => passageOf(item, owner, facts))
    .some(({ decidedFromMs, exportedByMs }) => exportedByMs >= fromMs && decidedFromMs <= untilMs);
