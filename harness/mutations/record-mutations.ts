/** Defects of the record itself, of the proof of the fault, and of what the predictions are read from. */
import type { RunFacts } from "../history/run-facts.js";
import type { InvariantSpec } from "../model/invariant.js";
import type { Ground } from "./ground.js";
import {
  DOUBTFUL,
  LEAKED,
  LOST,
  MISINFORMED,
  MISROUTED,
  OVERSCALED,
  TO_THE_END,
  UNCALIBRATED,
  UNEVEN,
  UNPROVEN,
  type Mutation,
} from "./mutation.js";

const facts = (g: Ground, changed: Partial<RunFacts>): void => {
  g.facts = { ...g.facts, ...changed };
};
const scenario = (g: Ground, changed: Partial<RunFacts["scenario"]>): void => {
  facts(g, { scenario: { ...g.facts.scenario, ...changed } });
};

const RECORD: Mutation[] = [
  {
    says: "a page of a backend's journal is missing",
    plant: (g) =>
      g.change(["journal"], "DELETE FROM journal WHERE source = 'loki' AND seq BETWEEN 10 AND 20"),
    caughtBy: DOUBTFUL,
  },
  {
    says: "a page of the generator's journal is missing",
    plant: (g) =>
      g.change(["journal"], "DELETE FROM journal WHERE source = 'generator' AND seq = 50"),
    caughtBy: DOUBTFUL,
  },
  {
    says: "a journal is missing",
    plant: (g) => g.change(["journal"], "DELETE FROM journal WHERE source = 'mimir'"),
    caughtBy: DOUBTFUL,
  },
  {
    says: "a line of a journal could not be read",
    plant: (g) =>
      g.change(
        ["journal"],
        "UPDATE journal SET seq = NULL, boot = NULL, k = NULL WHERE source = 'tempo' AND seq = 7",
      ),
    caughtBy: DOUBTFUL,
  },
  {
    says: "a backend restarted",
    plant: (g) =>
      g.change(
        ["journal"],
        `UPDATE journal SET boot = 'another' WHERE source = 'tempo'
           AND seq > (SELECT max(seq) / 2 FROM journal WHERE source = 'tempo')`,
      ),
    caughtBy: DOUBTFUL,
  },
  {
    says: "a journal is not what its observer vouched for",
    plant: (g) => {
      facts(g, {
        journals: g.facts.journals.map((journal) => ({ ...journal, mismatch: "other checksum" })),
      });
    },
    caughtBy: DOUBTFUL,
  },
  {
    says: "the system did not fall silent",
    plant: (g) => {
      facts(g, { quiesce: { reached: false, tookMs: 180_000, lastSeen: "3 queued" } });
    },
    caughtBy: DOUBTFUL,
  },
  {
    says: "the journals were cut before everything was due",
    plant: async (g) => {
      const cutAtMs = g.victims.faultMs;
      facts(g, { journals: g.facts.journals.map((journal) => ({ ...journal, cutAtMs })) });
      await g.change(["receipts"], `DELETE FROM receipts WHERE at_ms > ${String(cutAtMs)}`);
    },
    caughtBy: { "zero-loss": "inconclusive", "no-stall": "inconclusive" },
  },
  {
    says: "nobody waited for silence",
    plant: (g) => {
      facts(g, { quiesce: null });
    },
    caughtBy: DOUBTFUL,
  },
  {
    says: "the generator fell a minute behind its plan",
    plant: (g) => {
      facts(g, { generatorMaxLagMs: 60_000 });
    },
    caughtBy: DOUBTFUL,
  },
  {
    says: "a backend's clock ran a minute behind",
    plant: (g) =>
      g.change(["receipts"], "UPDATE receipts SET at_ms = at_ms - 60000 WHERE source = 'loki'"),
    caughtBy: DOUBTFUL,
  },
  {
    says: "no agent acknowledged anything",
    plant: (g) => g.change(["operations"], "UPDATE operations SET outcome = 'indeterminate'"),
    caughtBy: {
      ...DOUBTFUL,
      ...UNCALIBRATED,
      "zero-loss": "inconclusive",
      "sampling-exact": "inconclusive",
      freshness: "inconclusive",
      "no-stall": "inconclusive",
    },
  },
];

const killedPod = (g: Ground): string =>
  `uid IN (SELECT uid FROM topology WHERE source = 'pod' AND ip = '${g.victims.killed}')`;

const FAULT: Mutation[] = [
  {
    says: "the fault did not happen",
    plant: (g) =>
      g.change(["faults"], "UPDATE faults SET step = 'not-proven' WHERE step = 'proven'"),
    caughtBy: UNPROVEN,
  },
  {
    says: "the fault has no proof",
    plant: (g) => g.change(["faults"], "DELETE FROM faults WHERE step = 'proven'"),
    caughtBy: UNPROVEN,
  },
  {
    says: "the fault was never injected",
    plant: (g) => g.change(["faults"], "DELETE FROM faults"),
    caughtBy: { ...UNPROVEN, "recovery-time": "inconclusive", "no-stall": "inconclusive" },
  },
  {
    says: "the gateway did not die although its telemetry was lost",
    plant: (g) =>
      // With the receipts, so that the counters of a gateway that now lived on agree with what it sent.
      g.change(
        ["topology", "receipts"],
        `DELETE FROM topology WHERE source = 'pod' AND ${killedPod(g)}
           AND (change = 'deleted' OR terminating)`,
      ),
    caughtBy: LOST,
  },
  {
    says: "the gateway died a minute later than its telemetry was lost",
    plant: (g) =>
      g.change(
        ["topology"],
        `UPDATE topology SET at_ms = at_ms + 60000 WHERE source = 'pod'
           AND ${killedPod(g)} AND (change = 'deleted' OR terminating)`,
      ),
    // Beside its successor it was a gateway too many, that went too soon.
    caughtBy: { ...LOST, ...OVERSCALED },
  },
  {
    says: "another gateway died than the one whose telemetry was lost",
    plant: (g) =>
      g.change(
        ["topology"],
        `UPDATE topology SET ip = '10.255.255.1' WHERE source = 'pod'
           AND ip = '${g.victims.killed}'`,
      ),
    caughtBy: LOST,
  },
  {
    says: "more explained loss than the budget allows",
    plant: (g) => {
      scenario(g, {
        invariants: g.facts.scenario.invariants.map((spec): InvariantSpec =>
          spec.kind === "zero-loss" ? { ...spec, explainedBudget: 0.0001 } : spec,
        ),
      });
    },
    caughtBy: LOST,
  },
];

/** Changes the text of the deployment. */
export const setting = (g: Ground, from: RegExp, to: string): void => {
  const changed = g.renderedYaml.replace(from, to);
  if (changed === g.renderedYaml) throw new Error(`the deployment has no ${String(from)}`);
  g.renderedYaml = changed;
};

const PREDICTION: Mutation[] = [
  {
    says: "a gateway owns more traces than the limit allows",
    plant: (g) => {
      scenario(g, {
        invariants: g.facts.scenario.invariants.map((spec): InvariantSpec =>
          spec.kind === "spread" ? { ...spec, limit: 1 } : spec,
        ),
      });
    },
    caughtBy: UNEVEN,
  },
  {
    says: "calibration was one trace short",
    plant: (g) => {
      scenario(g, { calibration: { minTraces: g.victims.calibratedTraces + 1 } });
    },
    caughtBy: UNCALIBRATED,
  },
  {
    says: "the new gateway never showed in the topology",
    plant: (g) =>
      g.change(
        ["topology"],
        `DELETE FROM topology WHERE source = 'endpoint' AND at_ms > ${String(g.victims.faultMs)}
           AND change <> 'deleted' AND uid NOT IN (SELECT uid FROM topology
             WHERE source = 'endpoint' AND at_ms <= ${String(g.victims.faultMs)})`,
      ),
    // What the new gateway delivered is misrouted to the end, what it lacked of torn traces is lost.
    caughtBy: { ...MISROUTED, ...LOST, ...TO_THE_END, ...MISINFORMED, ...UNEVEN },
  },
  {
    says: "the prediction's ring lacks the port that the agents' ring has",
    plant: (g) => {
      setting(g, /(hostname: otel-gateway-headless\S*)(\n *#.*)?\n *port: "?4317"?/, "$1");
    },
    caughtBy: { ...UNCALIBRATED, ...MISROUTED, ...UNEVEN, ...LOST, ...TO_THE_END },
  },
  {
    says: "the sampling hash has another salt",
    plant: (g) => {
      setting(g, /^( *)sampling_percentage: \d+/m, "$&\n$1hash_salt: other");
    },
    caughtBy: { ...UNCALIBRATED, ...LEAKED, ...LOST, ...TO_THE_END },
  },
  {
    says: "the gateways sample another percentage",
    plant: (g) => {
      setting(g, /sampling_percentage: \d+/, "sampling_percentage: 60");
    },
    caughtBy: { ...UNCALIBRATED, ...LOST, ...TO_THE_END },
  },
  {
    says: "the latency policy has another threshold",
    plant: (g) => {
      setting(g, /threshold_ms: \d+/, "threshold_ms: 60000");
    },
    caughtBy: { ...UNCALIBRATED, ...LEAKED },
  },
  {
    says: "the gateways decide sooner than the loss reaches back",
    plant: (g) => {
      setting(g, /decision_wait: \w+/, "decision_wait: 1ms");
      // Everything else comes half a minute later than it is due, so it seems: that is not what this is about.
      const { invariants } = g.facts.scenario;
      scenario(g, {
        invariants: invariants.map((spec) =>
          spec.kind === "freshness" ? { ...spec, limitMs: 60_000 } : spec,
        ),
      });
    },
    // What the gateway lost while calibrating was due by then, so it seems.
    caughtBy: { ...UNCALIBRATED, ...LOST },
  },
  {
    says: "the gateways have a policy that cannot be predicted",
    plant: (g) => {
      setting(g, /type: latency/, "type: rate_limiting");
      // The traces that are still certain may be too few for the scenario.
      scenario(g, { calibration: { minTraces: 1 } });
    },
    caughtBy: { "sampling-exact": "inconclusive" },
  },
  {
    says: "the gateways have a policy that overrules the others and cannot be predicted",
    plant: (g) => {
      setting(
        g,
        /^( *)type: latency/m,
        "$1type: string_attribute\n$1string_attribute: { invert_match: true }",
      );
    },
    caughtBy: { ...UNCALIBRATED, "sampling-exact": "inconclusive" },
  },
];

export const RECORD_MUTATIONS: readonly Mutation[] = [...RECORD, ...FAULT, ...PREDICTION];
