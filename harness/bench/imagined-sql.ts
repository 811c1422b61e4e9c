/**
 * The statements that fill a synthetic history's tables, a chunk of traces at a time. They read `owners`
 * (position, phase, ip) and call `fate(signal, key)`: position on the ring * 2 + whether the hash keeps the trace.
 */
import {
  KILL_MS,
  KILLED,
  READY_MS,
  ROUTING_LAG_MS,
  RUN_ID,
  SPANS_PER_TRACE,
  START_MS,
} from "./imagined-run.js";

/** What the deployment's configuration says. */
export interface Delays {
  readonly agentBatchMs: number;
  readonly gatewayBatchMs: number;
  readonly decisionWaitMs: number;
  readonly latencyThresholdMs: number;
}

/** One request of an agent, or of a gateway, holds what falls into so many milliseconds. */
const REQUEST_MS = 15;

export const TABLES_SQL: readonly string[] = [
  `CREATE TABLE attempts (op VARCHAR, signal VARCHAR, id VARCHAR, key VARCHAR, digest VARCHAR, class VARCHAR,
     start_ms DOUBLE, end_ms DOUBLE, error BOOLEAN)`,
  `CREATE TABLE sent (op VARCHAR, node INTEGER, invoke_ms DOUBLE, items BIGINT)`,
  `CREATE TABLE receipts (source VARCHAR, seq BIGINT, at_ms DOUBLE, peer VARCHAR, protocol VARCHAR, signal VARCHAR,
     id VARCHAR, key VARCHAR, digest VARCHAR, node VARCHAR, run VARCHAR)`,
  "CREATE TABLE tallies (fate VARCHAR, n BIGINT)",
];

const hex = (number: string): string => `format('{:016x}', hash(${number}))`;

/** Where a number of SQL text stands for a time of the run. */
const ms = (time: number): string => String(time);
const LAST = String(SPANS_PER_TRACE - 1);

export interface Chunk {
  /** Traces from (in) and to (out). */
  readonly from: number;
  readonly to: number;
  readonly seed: bigint;
  readonly msPerTrace: number;
}

/** IDs of different kinds must not share numbers: hash() maps numbers one to one. */
const KIND = { traceLow: 1_000_000_000_000, span: 2_000_000_000_000 } as const;

/**
 * The traces of a chunk with their fate. The hash keeps one in ten; the others take the classes in turn, so that
 * seven in ten of all are kept. The last span of a long trace is sent after its decision.
 */
export const spansOf = ({ from, to, seed, msPerTrace }: Chunk, delays: Delays): string => `
CREATE OR REPLACE TEMP TABLE spans AS
WITH numbered AS (
  SELECT range AS n, ${hex(`range + ${String(seed)}`)} AS high,
    ${hex(`range + ${String(seed + BigInt(KIND.traceLow))}`)} AS low
  FROM range(${String(from)}, ${String(to)})),
fated AS (SELECT n, high || low AS key, fate('traces', key) AS fate FROM numbered),
classed AS (
  SELECT n, key, fate // 2 AS position, fate % 2 = 1 AS hash_kept,
    ${ms(START_MS)} + n * ${String(msPerTrace)} AS begin_ms,
    CASE WHEN fate % 2 = 1 THEN 'hash-kept' ELSE
      ['hash-dropped', 'error-all', 'error-last', 'slow-union', 'hash-dropped', 'error-all', 'error-last',
       'slow-union', 'hash-dropped', 'long'][n % 10 + 1] END AS class
  FROM fated),
timed AS (
  SELECT *, i.range AS nth, (n + i.range) % 3 AS node,
    ${hex(`n * ${String(SPANS_PER_TRACE)} + i.range + ${String(seed + BigInt(KIND.span))}`)} AS id,
    begin_ms + CASE WHEN class = 'long' AND i.range = ${LAST} THEN ${ms(delays.decisionWaitMs + 7_000)}
      ELSE i.range * 400 END AS at_ms,
    begin_ms + CASE WHEN class = 'slow-union' THEN i.range * 1000 ELSE i.range END AS start_ms
  FROM classed, range(${String(SPANS_PER_TRACE)}) i),
sent AS (
  SELECT * EXCLUDE (at_ms), floor(at_ms / ${ms(REQUEST_MS)}) * ${ms(REQUEST_MS)} AS invoke_ms,
    start_ms + 10 AS end_ms,
    class IN ('error-all', 'long') OR (class = 'error-last' AND nth = ${LAST}) AS error
  FROM timed),
routed AS (
  SELECT *, invoke_ms + ${ms(delays.agentBatchMs / 2)} AS routed_ms,
    CASE WHEN routed_ms < ${ms(KILL_MS + ROUTING_LAG_MS)} THEN 0
         WHEN routed_ms < ${ms(READY_MS + ROUTING_LAG_MS)} THEN 1 ELSE 2 END AS phase
  FROM sent),
judged AS (
  SELECT r.*, o.ip AS peer, min(routed_ms) OVER part AS first_ms,
    hash_kept OR bool_or(error) OVER part
      OR max(end_ms) OVER part - min(start_ms) OVER part >= ${ms(delays.latencyThresholdMs)} AS part_kept
  FROM routed r JOIN owners o ON o.position = r.position AND o.phase = r.phase
  WINDOW part AS (PARTITION BY r.n, o.ip)),
decided AS (
  SELECT *, greatest(routed_ms, first_ms + ${ms(delays.decisionWaitMs + 500)})
    + ${ms(delays.gatewayBatchMs / 2)} AS received_ms
  FROM judged)
SELECT *, part_kept AND NOT (peer = '${KILLED}' AND received_ms > ${ms(KILL_MS)}) AS received FROM decided`;

const OP = (chunk: number): string =>
  `'op-${String(chunk)}-' || (invoke_ms - ${String(START_MS)})::BIGINT || '-' || node`;

/** Appends the chunk: what agents got, what the backend got, and what must come out. */
export const appendChunk = (chunk: number): readonly string[] => [
  `INSERT INTO attempts
   SELECT ${OP(chunk)}, 'traces', id, key, ${hex("id")}, class, start_ms, end_ms, error
   FROM spans ORDER BY invoke_ms, node`,
  `INSERT INTO sent
   SELECT ${OP(chunk)}, node, invoke_ms, count(*) FROM spans GROUP BY ALL ORDER BY invoke_ms, node`,
  `INSERT INTO receipts
   SELECT 'tempo', (SELECT coalesce(max(seq), 0) FROM receipts) + dense_rank() OVER (ORDER BY at_ms, peer),
     at_ms, peer, 'grpc', 'traces', id, key, ${hex("id")}, ['worker', 'worker2', 'worker3'][node + 1], '${RUN_ID}'
   FROM (
     SELECT *, ceil(received_ms / ${ms(REQUEST_MS)}) * ${ms(REQUEST_MS)} AS at_ms FROM spans WHERE received)
   ORDER BY at_ms, peer`,
  `INSERT INTO tallies
   SELECT CASE WHEN class = 'hash-dropped' THEN 'sampledOut' WHEN received THEN 'delivered'
     ELSE 'lostExplained' END, count(*)
   FROM spans GROUP BY ALL`,
];
