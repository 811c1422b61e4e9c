/** Stories: histories as a person writes them, in fixtures/histories. Times are seconds from the story's start. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import { JOURNAL_SOURCES } from "../history/run-facts.js";
import { FaultBehaviour, REFUSALS, type RefusalName } from "../model/behaviour.js";
import { BACKENDS, SIGNALS, TRACE_CLASSES, type Signal } from "../model/signal.js";
import { DEPLOYMENT_NAMES, renderedDeployment } from "../oracle/test-deployments.js";

export const HISTORIES_DIR = join(import.meta.dirname, "../../fixtures/histories");
const DEPLOYMENT = join(HISTORIES_DIR, "deployment.yaml");

const gateway = z.enum(["g1", "g2", "g3", "g4", "g5", "g2-again"]);
/** The agents of nodes n1 and n2. */
export const AGENTS = ["agent-n1", "agent-n2"] as const;
const Receipt = z.strictObject({
  from: gateway,
  at: z.number().optional(),
  /** Another trace than the one it was sent in. */
  trace: z.string().optional(),
  digest: z.string().optional(),
  node: z.string().optional(),
  run: z.string().optional(),
});
const received = z.union([gateway.transform((from) => ({ from })), Receipt]);
const receiptsOfOne = z.union([received.transform((one) => [one]), z.array(received)]);

/** What a backend under a fault has on record of an item. */
const Treated = z.strictObject({
  at: z.number(),
  from: gateway,
  did: z.enum(["refused", "rejected", "ignored", "delayed", "reset"]),
  answer: z.enum(Object.keys(REFUSALS) as [RefusalName, ...RefusalName[]]).optional(),
  /** Seconds. */
  retryAfter: z.number().optional(),
});

const Send = z.strictObject({
  /** The item's ID, under the name of its signal. */
  span: z.string().optional(),
  metric: z.string().optional(),
  log: z.string().optional(),
  /** Name in `traces`, for spans and log records; `service` names one in `services`, for metrics. */
  trace: z.string().optional(),
  service: z.string().optional(),
  at: z.number(),
  node: z.string().default("n1"),
  answer: z.enum(["acked", "refused", "none"]).default("acked"),
  error: z.boolean().default(false),
  class: z.enum(TRACE_CLASSES).default("hash-kept"),
  /** Length of the span, seconds. */
  lasts: z.number().default(0.01),
  received: receiptsOfOne.default(() => []),
  /** The gateways that got it, as the audit has it from them; those that delivered it when absent. */
  audited: receiptsOfOne.optional(),
  treated: z.array(Treated).default([]),
  /** So many sends, each a tenth of a second after the one before: `a`, `a-1`, `a-2` … */
  repeat: z.number().default(1),
});

function repeated(send: z.output<typeof Send>): z.output<typeof Send>[] {
  const named = (id: string | undefined, n: number) =>
    id === undefined || n === 0 ? id : `${id}-${String(n)}`;
  return Array.from({ length: send.repeat }, (_, n) => ({
    ...send,
    span: named(send.span, n),
    metric: named(send.metric, n),
    log: named(send.log, n),
    at: send.at + n / 10,
    received: send.received.map(({ at, ...receipt }: z.output<typeof Receipt>) =>
      at === undefined ? receipt : { ...receipt, at: at + n / 10 },
    ),
  }));
}

/** What the search for a key must meet: `owner` in every ring that has it, or `owners` ring by ring. */
const Key = z.strictObject({
  owner: gateway.optional(),
  owners: z.array(gateway).optional(),
  hash: z.enum(["keep", "drop"]).optional(),
});

export const USUAL = [
  "zero-loss",
  "trace-affinity",
  "integrity",
  "nothing-unexpected",
  "duplicates",
] as const;

const books = z.partialRecord(z.enum(SIGNALS), z.record(z.string(), z.number().int().positive()));

export const Story = z.strictObject({
  /** What happened and what follows, in one sentence. */
  story: z.string(),
  /** A deployment of fixtures in place of the corrected one. */
  runs: z.enum(DEPLOYMENT_NAMES).optional(),
  /** Text of the deployment to replace. */
  deployment: z.record(z.string(), z.string()).default({}),
  /** Whether the run had an audit. */
  audit: z.boolean().default(false),
  traces: z.record(z.string(), Key).default({}),
  services: z.record(z.string(), Key).default({}),
  /** Gateways that come, go with their pod, or whose container restarts in place; seconds. */
  changes: z
    .array(
      z.strictObject({
        at: z.number(),
        comes: gateway.optional(),
        gone: gateway.optional(),
        /** The pod is evicted through the API, and its endpoint goes. */
        evicted: gateway.optional(),
        /** The pod goes, its endpoint, if it has one, stays. */
        dies: z.union([gateway, z.enum(AGENTS)]).optional(),
        /** The endpoint is not ready any more, or ready again; the pod lives. */
        leaves: gateway.optional(),
        returns: gateway.optional(),
        restarts: z.union([gateway, z.enum(AGENTS)]).optional(),
      }),
    )
    .default([]),
  /**
   * Faults of backends, DNS and the API server, from their injection to their healing; without `until` they are never
   * healed.
   */
  troubles: z
    .array(
      z.strictObject({
        at: z.number(),
        until: z.number().optional(),
        backend: z.enum(BACKENDS).optional(),
        behaviour: FaultBehaviour.optional(),
        dns: z.enum(["outage", "stale"]).optional(),
        /** The API server is away. */
        api: z.literal("outage").optional(),
      }),
    )
    .default([]),
  faults: z
    .array(
      z.strictObject({
        at: z.number(),
        kills: gateway.optional(),
        /** Stops the process of a gateway, or a node, until it is healed. */
        freezes: z.union([gateway, z.enum(["n1", "n2"])]).optional(),
        /** Sets the autoscaler's minimum by hand, until it is healed. */
        minimum: z.number().optional(),
        healed: z.number().optional(),
        proven: z.boolean().default(true),
      }),
    )
    .default([]),
  sends: z.array(Send).transform((sends) => sends.flatMap(repeated)),
  /** Samples of the collectors' own metrics; pods are the gateways and AGENTS. */
  telemetry: z
    .array(
      z.strictObject({
        at: z.number(),
        pod: z.union([gateway, z.enum(AGENTS)]),
        metric: z.string(),
        labels: z.string().default(""),
        value: z.number(),
      }),
    )
    .default([]),
  /** Receipts of what was never sent. */
  strays: z
    .array(z.strictObject({ span: z.string(), trace: z.string(), from: gateway, at: z.number() }))
    .default([]),
  /** When calibration ended. */
  load: z.number().default(0),
  limits: z
    .strictObject({
      minTraces: z.number().default(0),
      explained: z.number().default(0.5),
      duplicates: z.number().default(0.5),
      /** Seconds; without one the invariant is not asked for. */
      recovery: z.number().optional(),
      fresh: z.number().optional(),
      stall: z.number().optional(),
      /** Fair shares. */
      spread: z.number().optional(),
      strict: z.boolean().default(false),
    })
    .prefault({}),
  /** What is wrong with the record. */
  record: z
    .strictObject({
      restarted: z.enum(JOURNAL_SOURCES).optional(),
      gap: z.enum(JOURNAL_SOURCES).optional(),
      altered: z.enum(JOURNAL_SOURCES).optional(),
      /** False as in histories that were recorded before there was such a column. */
      disruptions: z.boolean().default(true),
      silent: z.boolean().default(true),
      lagMs: z.number().default(3),
      /** Times in which the topology was not watched, seconds. */
      unwatched: z.array(z.strictObject({ from: z.number(), to: z.number() })).default([]),
      /** When the journals were cut; a minute after the last line when absent. */
      cut: z.number().optional(),
    })
    .prefault({}),
  /** The invariants that the scenario asks for; USUAL when absent. Those with a limit come with their limit. */
  only: z.array(z.enum(USUAL)).optional(),
  also: z
    .array(
      z.enum([
        "sampling-exact",
        "counters-agree",
        "re-resolution",
        "disruption-budget",
        "hpa-policy",
      ]),
    )
    .default([]),
  expect: z.strictObject({
    verdict: z.enum(["pass", "inconclusive", "fail"]),
    /** Words of the headline. */
    says: z.string().optional(),
    /** Invariants that do not pass. */
    invariants: z.record(z.string(), z.enum(["inconclusive", "fail"])).default({}),
    /** Every number of the books that is not 0. */
    books,
    /** Lost items: `place, rule`, or `unexplained`, with the place if an audit saw it. */
    lost: z.record(z.string(), z.string()).default({}),
  }),
});
export type Story = z.output<typeof Story>;
export type StoryInput = z.input<typeof Story>;

export type Send = Story["sends"][number];
export type SentReceipt = z.output<typeof Receipt>;
export type KeyWish = z.output<typeof Key>;

export const readStory = (name: string): Story =>
  Story.parse(parse(readFileSync(join(HISTORIES_DIR, `${name}.yaml`), "utf8")));

/** Signal and ID of an item that is sent. */
export function itemOf({ span, metric, log }: Send): { signal: Signal; id: string } {
  if (span !== undefined) return { signal: "traces", id: span };
  if (metric !== undefined) return { signal: "metrics", id: metric };
  if (log !== undefined) return { signal: "logs", id: log };
  throw new TypeError("a send needs span, metric or log");
}

/** The deployment of a story; a text that is to be replaced must be there. */
export function renderedYamlOf({ deployment, runs }: Story): string {
  return Object.entries(deployment).reduce(
    (yaml, [from, to]) => {
      if (!yaml.includes(from)) throw new TypeError(`the deployment has no "${from}"`);
      return yaml.replaceAll(from, to);
    },
    runs === undefined ? readFileSync(DEPLOYMENT, "utf8") : renderedDeployment(runs),
  );
}

/** The gateways after each change of the set. */
export function setsOf({ changes }: Story): string[][] {
  const sets = [["g1", "g2", "g3"]];
  for (const { comes, returns, gone: goes, evicted, leaves } of changes) {
    const gone = goes ?? evicted ?? leaves;
    const last = sets.at(-1) ?? [];
    const come = comes ?? returns;
    if (come !== undefined) sets.push([...last, come]);
    if (gone !== undefined) sets.push(last.filter((name) => name !== gone));
  }
  return sets;
}
