/** Which workers a fault strikes: a choice of the seed among those that run a gateway. */
import type { NodeState } from "../cluster/node-states.js";
import { HarnessError } from "../model/errors.js";
import type { FaultTarget } from "../model/history.js";
import type { Random } from "../model/random.js";
import type { CollectorState } from "./collectors.js";

/** Names of different nodes that have a ready gateway, whatever the order of the list. HarnessError when too few. */
export function pickNodes(
  gateways: readonly Pick<CollectorState, "node" | "ready">[],
  pick: "one" | "two",
  random: Random,
): string[] {
  const count = pick === "two" ? 2 : 1;
  const left = [...new Set(gateways.filter(({ ready }) => ready).map(({ node }) => node))].sort();
  if (left.length < count) {
    throw new HarnessError(
      `the fault needs ${String(count)} nodes with a ready gateway, there are ${String(left.length)}`,
    );
  }
  return Array.from({ length: count }, () => {
    const node = random.pick(left);
    left.splice(left.indexOf(node), 1);
    return node;
  });
}

/** What a fault's record says of a node that it struck. */
export const targetOfNode = ({ name, uid, ip }: NodeState): FaultTarget => ({
  kind: "node",
  name,
  uid,
  ip,
});
