/** Defects of what backends received: loss, leaks, repeats, wrong gateways, altered payloads. */
import {
  ALTERED,
  LEAKED,
  LOST,
  MISROUTED,
  STALE,
  STALLED,
  TO_THE_END,
  UNCALIBRATED,
  UNEVEN,
  UNEXPECTED,
  type Mutation,
} from "./mutation.js";
import type { Ground, Victim } from "./ground.js";

const at = ({ signal, id }: Victim): string => `signal = '${signal}' AND id = '${id}'`;
const whole = ({ signal, key }: Victim): string => `signal = '${signal}' AND key = '${key}'`;

const drop = (ground: Ground, where: string): Promise<void> =>
  ground.change(["receipts"], `DELETE FROM receipts WHERE ${where}`);
const update = (ground: Ground, set: string, where: string): Promise<void> =>
  ground.change(["receipts"], `UPDATE receipts SET ${set} WHERE ${where}`);

/** The container of the agent that got an item restarts so long after it was sent; `on` picks that agent or another. */
const agentRestarts = (g: Ground, item: Victim, on: "its" | "another", afterMs: number) =>
  g.change(
    ["topology"],
    `CREATE OR REPLACE TEMP TABLE sent AS
       SELECT o.node, o.invoke_ms FROM operations o JOIN attempts a USING (op) WHERE a.${at(item)} LIMIT 1`,
    `INSERT INTO topology BY NAME
       SELECT t.* REPLACE ('modified' AS change, t.restarts + 1 AS restarts, s.invoke_ms + ${String(afterMs)} AS at_ms)
       FROM topology t CROSS JOIN sent s
       WHERE t.source = 'pod' AND t.tier = 'agent' AND (t.node = s.node) = ${String(on === "its")}
       ORDER BY t.node, t.at_ms DESC LIMIT 1`,
  );

/** The endpoints of a gateway that lives leave its Services for a second, so long after an item was sent. */
const gatewayLeaves = (g: Ground, ip: string, item: Victim, afterMs: number) => {
  const leaves = (laterMs: number, ready: boolean): string =>
    `INSERT INTO topology BY NAME
       SELECT t.* REPLACE ('modified' AS change, ${String(ready)} AS ready, s.invoke_ms + ${String(laterMs)} AS at_ms)
       FROM (SELECT DISTINCT ON (service) * FROM topology
             WHERE source = 'endpoint' AND ip = '${ip}' AND change <> 'deleted' ORDER BY service, at_ms DESC) t
       CROSS JOIN (SELECT o.invoke_ms FROM operations o JOIN attempts a USING (op) WHERE a.${at(item)} LIMIT 1) s`;
  return g.change(["topology"], leaves(afterMs, false), leaves(afterMs + 1_000, true));
};

const LOSSES: Mutation[] = [
  {
    says: "one span of a kept trace is missing",
    plant: (g) => drop(g, at(g.victims.span)),
    caughtBy: LOST,
  },
  {
    says: "a whole kept trace is missing",
    plant: (g) => drop(g, whole(g.victims.span)),
    caughtBy: LOST,
  },
  {
    says: "a log record is missing whose agent restarted half a minute after it had acknowledged it",
    plant: async (g) => {
      await agentRestarts(g, g.victims.log, "its", 30_000);
      await drop(g, at(g.victims.log));
    },
    caughtBy: LOST,
  },
  {
    says: "a log record is missing just before the agent of another node restarted",
    plant: async (g) => {
      await agentRestarts(g, g.victims.log, "another", 5_000);
      await drop(g, at(g.victims.log));
    },
    caughtBy: LOST,
  },
  {
    says: "a log record is missing whose gateway left DNS, alive, long after it must have had it",
    plant: async (g) => {
      await gatewayLeaves(g, g.victims.log.peer, g.victims.log, 25_000);
      await drop(g, at(g.victims.log));
    },
    caughtBy: LOST,
  },
  {
    says: "a log record is missing while another gateway left DNS alive",
    plant: async (g) => {
      const { log, span, otherGateway } = g.victims;
      await gatewayLeaves(g, log.peer === span.peer ? otherGateway : span.peer, log, 5_000);
      await drop(g, at(g.victims.log));
    },
    caughtBy: LOST,
  },
  {
    says: "one metric point is missing",
    plant: (g) => drop(g, at(g.victims.metric)),
    caughtBy: LOST,
  },
  { says: "one log record is missing", plant: (g) => drop(g, at(g.victims.log)), caughtBy: LOST },
  ...["error-all", "error-last", "slow-union", "long"].map((name): Mutation => ({
    says: `one span of a trace of class ${name} is missing`,
    plant: (g) => drop(g, at(g.victims.ofClass(name))),
    caughtBy: LOST,
  })),
  {
    says: "only the span with the error is left of its trace",
    plant: (g) =>
      g.change(
        ["receipts"],
        `DELETE FROM receipts WHERE ${whole(g.victims.ofClass("error-last"))} AND id NOT IN
           (SELECT id FROM attempts WHERE key = '${g.victims.ofClass("error-last").key}' AND error)`,
      ),
    caughtBy: LOST,
  },
  {
    says: "a whole request of a backend is missing",
    plant: (g) =>
      g.change(
        ["receipts"],
        `DELETE FROM receipts WHERE (source, seq) IN
           (SELECT (source, seq) FROM receipts WHERE ${at(g.victims.log)})`,
      ),
    caughtBy: LOST,
  },
  {
    says: "a span is missing that a surviving gateway held at the time of the kill",
    plant: (g) => drop(g, at(g.victims.besideTheKill)),
    caughtBy: LOST,
  },
  {
    says: "a log record is missing that the killed gateway must have delivered long before",
    plant: (g) => drop(g, at(g.victims.longBeforeTheKill)),
    caughtBy: LOST,
  },
  {
    says: "a log record is missing that was sent long after recovery",
    plant: (g) => drop(g, at(g.victims.late)),
    caughtBy: { ...LOST, ...TO_THE_END },
  },
  {
    says: "a span is missing and another arrived twice",
    plant: async (g) => {
      await drop(g, at(g.victims.span));
      await g.change(
        ["receipts"],
        `INSERT INTO receipts SELECT * FROM receipts WHERE ${at(g.victims.otherSpan)}`,
      );
    },
    caughtBy: LOST,
  },
  {
    says: "a span is missing while calibrating",
    plant: (g) => drop(g, at(g.victims.calibrating)),
    caughtBy: { ...LOST, ...UNCALIBRATED },
  },
  {
    says: "no log record arrived at all",
    plant: (g) => drop(g, "signal = 'logs'"),
    caughtBy: { ...LOST, ...TO_THE_END },
  },
  {
    says: "one item in ten arrived twice",
    plant: (g) =>
      g.change(["receipts"], "INSERT INTO receipts SELECT * FROM receipts WHERE hash(id) % 10 = 0"),
    caughtBy: { duplicates: "fail" },
  },
];

const leak = (g: Ground, where: string): Promise<void> =>
  g.change(
    ["receipts"],
    `INSERT INTO receipts BY NAME
       SELECT r.* EXCLUDE (id, key, digest, peer, node), a.id, a.key, a.digest, o.node,
         '${g.victims.sampledOut.peer}' AS peer
       FROM attempts a JOIN operations o USING (op) CROSS JOIN (SELECT * FROM receipts WHERE ${at(g.victims.span)}) r
       WHERE a.${where}`,
  );

const SURPLUS: Mutation[] = [
  {
    says: "one span arrived of a trace that sampling must drop",
    plant: (g) => leak(g, `id = '${g.victims.sampledOut.id}'`),
    caughtBy: LEAKED,
  },
  {
    says: "a span arrived that was never sent",
    plant: (g) =>
      g.change(
        ["receipts"],
        `INSERT INTO receipts SELECT * REPLACE ('0000000000000001' AS id) FROM receipts
         WHERE ${at(g.victims.span)}`,
      ),
    caughtBy: UNEXPECTED,
  },
  {
    says: "a span of another run with the same ID arrived beside its own",
    plant: (g) =>
      g.change(
        ["receipts"],
        `INSERT INTO receipts SELECT * REPLACE ('another-run' AS run) FROM receipts
         WHERE ${at(g.victims.span)}`,
      ),
    caughtBy: UNEXPECTED,
  },
  {
    says: "a span of another run with the same ID arrived instead of its own",
    plant: (g) => update(g, "run = 'another-run'", at(g.victims.span)),
    caughtBy: { ...UNEXPECTED, ...LOST },
  },
];

const elsewhere = (g: Ground): string => `peer = '${g.victims.otherGateway}'`;

const ROUTING: Mutation[] = [
  {
    says: "one span came from another gateway",
    plant: (g) => update(g, elsewhere(g), at(g.victims.span)),
    caughtBy: MISROUTED,
  },
  {
    says: "a whole trace came from another gateway",
    plant: (g) => update(g, elsewhere(g), whole(g.victims.span)),
    caughtBy: MISROUTED,
  },
  {
    says: "all traces of a gateway came from another one",
    plant: (g) => update(g, "peer = '10.255.255.1'", `signal = 'traces' AND ${elsewhere(g)}`),
    caughtBy: { ...MISROUTED, ...UNEVEN, ...UNCALIBRATED, ...TO_THE_END },
  },
  {
    says: "one log record came from another gateway",
    plant: (g) => update(g, "peer = '10.255.255.1'", at(g.victims.log)),
    caughtBy: MISROUTED,
  },
  {
    says: "one metric point came from another gateway",
    plant: (g) => update(g, "peer = '10.255.255.1'", at(g.victims.metric)),
    caughtBy: MISROUTED,
  },
  {
    says: "one span came from the gateway that was killed long before",
    plant: (g) => update(g, `peer = '${g.victims.killed}'`, at(g.victims.span)),
    caughtBy: MISROUTED,
  },
  {
    says: "one span came from another gateway while calibrating",
    plant: (g) => update(g, "peer = '10.255.255.1'", at(g.victims.calibrating)),
    caughtBy: { ...MISROUTED, ...UNCALIBRATED },
  },
  {
    says: "a span came from its own gateway and from another one too",
    plant: (g) =>
      g.change(
        ["receipts"],
        `INSERT INTO receipts SELECT * REPLACE ('${g.victims.otherGateway}' AS peer) FROM receipts
         WHERE ${at(g.victims.span)}`,
      ),
    caughtBy: MISROUTED,
  },
];

const INTEGRITY: Mutation[] = [
  ...(["span", "metric", "log"] as const).map((name): Mutation => ({
    says: `the payload of a ${name} was altered`,
    plant: (g) => update(g, "digest = 'altered'", at(g.victims[name])),
    caughtBy: ALTERED,
  })),
  {
    says: "two spans exchanged their payloads",
    plant: (g) => {
      const digestOf = (victim: Victim): string =>
        `(SELECT any_value(digest) FROM attempts WHERE ${at(victim)})`;
      const { span, otherSpan } = g.victims;
      return g.change(
        ["receipts"],
        `UPDATE receipts SET digest = ${digestOf(otherSpan)} WHERE ${at(span)}`,
        `UPDATE receipts SET digest = ${digestOf(span)} WHERE ${at(otherSpan)}`,
      );
    },
    caughtBy: ALTERED,
  },
  {
    says: "a span arrived under another trace ID",
    plant: (g) => update(g, `key = '${g.victims.otherSpan.key}'`, at(g.victims.span)),
    caughtBy: ALTERED,
  },
  {
    says: "a span is stamped with a node that it was not sent to",
    plant: (g) => update(g, "node = 'another-node'", at(g.victims.span)),
    caughtBy: ALTERED,
  },
  {
    says: "a log record lacks the stamp of its node",
    plant: (g) => update(g, "node = ''", at(g.victims.log)),
    caughtBy: ALTERED,
  },
];

/** A gateway that was there before the fault and lived on: the new one is not judged by no-stall. */
const stayed = ({ victims }: Ground): string =>
  `peer = (SELECT min(peer) FROM receipts
     WHERE at_ms < ${String(victims.faultMs)} AND peer <> '${victims.killed}')`;

const DELAYS: Mutation[] = [
  {
    says: "a log record arrived two minutes late",
    plant: (g) =>
      update(
        g,
        "at_ms = at_ms + 120000",
        `signal = 'logs' AND id = (SELECT min(id) FROM receipts WHERE signal = 'logs'
           AND at_ms > ${String(g.victims.faultMs + 30_000)} AND ${stayed(g)})`,
      ),
    caughtBy: { ...STALE, ...STALLED },
  },
  {
    // 12.5 s more than the 16 s that the batches of the guide's deployment may hold a log record.
    says: "an agent held back log records for a healthy gateway after the kill",
    plant: (g) =>
      update(
        g,
        `at_ms = 28500 + (SELECT max(o.complete_ms) FROM attempts a JOIN operations o USING (op)
           WHERE a.signal = 'logs' AND a.id = receipts.id)`,
        `signal = 'logs' AND ${stayed(g)} AND id IN (
           SELECT a.id FROM attempts a JOIN operations o USING (op)
           WHERE o.node = (SELECT min(node) FROM operations)
             AND o.invoke_ms BETWEEN ${String(g.victims.faultMs)} AND ${String(g.victims.faultMs + 5_000)})`,
      ),
    caughtBy: STALLED,
  },
];

export const TELEMETRY_MUTATIONS: readonly Mutation[] = [
  ...DELAYS,
  ...LOSSES,
  ...SURPLUS,
  ...ROUTING,
  ...INTEGRITY,
];
