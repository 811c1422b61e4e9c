/** Defects beside faults of backends and of the API server: what their record does not excuse. */
import type { RefusalName } from "../model/behaviour.js";
import { REFUSALS } from "../model/behaviour.js";
import type { BackendName } from "../model/signal.js";
import type { Ground } from "./ground.js";
import { DOUBTFUL, LOST, type Mutation } from "./mutation.js";

/** The victim span is missing, and a backend has on record that it turned it away once, from a gateway. */
const missingAndRefused = (
  g: Ground,
  refusal: { source: BackendName; peer: string; answer: RefusalName },
): Promise<void> => {
  const { signal, id, key } = g.victims.span;
  const { source, peer, answer } = refusal;
  return g.change(
    ["receipts", "treatments"],
    `DELETE FROM receipts WHERE signal = '${signal}' AND id = '${id}'`,
    `INSERT INTO treatments BY NAME
       SELECT '${source}' AS source, 1 AS seq, invoke_ms + 1000 AS at_ms, 'refused' AS did,
         ${String(REFUSALS[answer])} AS code, '${peer}' AS peer, '${signal}' AS signal, '${id}' AS id,
         '${key}' AS key
       FROM operations JOIN attempts USING (op, signal) WHERE signal = '${signal}' AND id = '${id}' LIMIT 1`,
  );
};

export const SERVICE_MUTATIONS: readonly Mutation[] = [
  {
    says: "a span is missing that its backend rejected from a gateway that could not have it",
    plant: (g) => {
      const { otherGateway: peer } = g.victims;
      return missingAndRefused(g, { source: "tempo", peer, answer: "INVALID_ARGUMENT" });
    },
    caughtBy: LOST,
  },
  {
    says: "a span is missing that another backend than its own rejected",
    plant: (g) => {
      const { peer } = g.victims.span;
      return missingAndRefused(g, { source: "loki", peer, answer: "INVALID_ARGUMENT" });
    },
    caughtBy: LOST,
  },
  {
    says: "a span is missing that its backend turned away once, and would have taken later",
    plant: (g) => {
      const { peer } = g.victims.span;
      return missingAndRefused(g, { source: "tempo", peer, answer: "UNAVAILABLE" });
    },
    caughtBy: LOST,
  },
  {
    says: "the topology was not watched while the gateway died",
    plant: (g) => {
      const { faultMs } = g.victims;
      g.facts = { ...g.facts, topologyGaps: [{ fromMs: faultMs - 1_000, toMs: faultMs + 60_000 }] };
    },
    caughtBy: DOUBTFUL,
  },
];
