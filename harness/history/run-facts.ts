/** What a history knows besides its tables: run-facts.json. */
import { z } from "zod";
import type { Scenario } from "../model/scenario.js";
import { AUDIT, SINKS } from "../model/signal.js";

export const JOURNAL_SOURCES = ["generator", ...SINKS] as const;
export type JournalSource = (typeof JOURNAL_SOURCES)[number];

/** The journals that a run must have. A scenario of before there was an audit does not name it. */
export const journalsOf = ({ audit }: Partial<Pick<Scenario, "audit">>): JournalSource[] =>
  JOURNAL_SOURCES.filter((source) => source !== AUDIT || audit === true);

const JournalFacts = z.object({
  source: z.enum(JOURNAL_SOURCES),
  /** When the journal was cut: later lines are not in the history. */
  cutAtMs: z.number(),
  boots: z.array(z.string()),
  lines: z.number(),
  sha256: z.string(),
  /** Why the file is not what its observer vouched for; null when it is. */
  mismatch: z.string().nullable(),
});

/** Raised when a reader of the old one would judge wrongly. */
export const RUN_FACTS_VERSION = 1;

export const RunFacts = z.object({
  schemaVersion: z.literal(RUN_FACTS_VERSION),
  runId: z.string(),
  seed: z.string(),
  scenario: z.custom<Scenario>((value) => typeof value === "object" && value !== null),
  agents: z.array(z.object({ node: z.string(), endpoint: z.string() })),
  corefile: z.string(),
  quiesce: z.object({ reached: z.boolean(), tookMs: z.number(), lastSeen: z.string() }).nullable(),
  /** Furthest that a send lagged behind its planned time. */
  generatorMaxLagMs: z.number(),
  journals: z.array(JournalFacts),
  /** Times in which the topology was not seen; a history that was recorded before these were has none. */
  topologyGaps: z.array(z.object({ fromMs: z.number(), toMs: z.number() })).default([]),
  options: z.record(z.string(), z.unknown()),
});
export type RunFacts = z.infer<typeof RunFacts>;
