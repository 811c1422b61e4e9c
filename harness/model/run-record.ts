/** run.json: the record of one run that reports are rendered from. Additive changes only. */
import { z } from "zod";
import { Accounting, LOSS_PLACES } from "./accounting.js";
import { RUN_PHASES } from "./history.js";
import { SIGNALS } from "./signal.js";

export const RUN_SCHEMA_VERSION = 1;

const verdict = z.enum(["pass", "inconclusive", "fail"]);
const unixMs = z.number().nonnegative();
const cell = z.union([z.string(), z.number(), z.boolean(), z.null()]);
const anyObject = z.record(z.string(), z.unknown());

const InvariantRecord = z.object({
  kind: z.string(),
  property: z.string(),
  verdict,
  limit: z.string(),
  actual: z.string(),
  reason: z.string(),
  evidence: z.object({
    columns: z.array(z.string()),
    rows: z.array(z.array(cell)),
    total: z.number().int().nonnegative(),
  }),
});

const FaultRecord = z.object({
  index: z.number().int().nonnegative(),
  description: z.string(),
  spec: anyObject,
  targets: z.array(
    z.object({ kind: z.string(), name: z.string(), uid: z.string(), ip: z.string() }),
  ),
  injectedAtMs: unixMs.nullable(),
  healedAtMs: unixMs.nullable(),
  proven: z.boolean(),
  proof: z.string(),
});

/** Loss of one signal that has one place and one explaining rule. */
const LossRecord = z.object({
  signal: z.enum(SIGNALS),
  place: z.enum(LOSS_PLACES),
  rule: z.string().nullable().describe("the explained-loss rule, null when unexplained"),
  seen: z
    .boolean()
    .default(false)
    .describe("an audit saw which side of the gateway it was lost on; else inferred from times"),
  items: z.number().int().positive(),
  traces: z.number().int().nonnegative(),
  firstSentMs: unixMs,
  lastSentMs: unixMs,
  fault: z.number().int().nullable().describe("index of the nearest fault"),
  example: z.string().describe("an item's ID"),
});

/** Proof of the judge: what was planted in this run's history, one at a time, and what then changed. */
const PlantedDefects = z.object({
  plantedAt: z.iso.datetime(),
  defects: z.array(
    z.object({
      says: z.string().describe("the defect in one sentence"),
      expected: z.record(z.string(), verdict).describe("invariants that it touches"),
      seen: z.record(z.string(), verdict).describe("invariants whose verdict changed"),
      caught: z.boolean(),
    }),
  ),
});
export type PlantedDefects = z.infer<typeof PlantedDefects>;

/** How long delivered items of one signal took from their first send to their first receipt. */
const DeliveryRecord = z.object({
  items: z.number().int().positive(),
  p50Ms: z.number(),
  p99Ms: z.number(),
});

export const RunRecord = z.object({
  schemaVersion: z.literal(RUN_SCHEMA_VERSION),
  runId: z.string(),
  scenario: z.object({ name: z.string(), description: z.string(), spec: anyObject }),
  seed: z.string().describe("decimal text of an unsigned 64-bit number"),
  strict: z.boolean(),
  audited: z.boolean().default(false).describe("gateways sent all that they got to an audit too"),
  shortened: z
    .boolean()
    .optional()
    .describe("the load was cut shorter than the scenario says: no run to release on"),
  command: z.string().describe("repeats the run: same plan, not the same interleaving"),
  startedAt: z.iso.datetime(),
  finishedAt: z.iso.datetime(),
  verdict,
  headline: z.string().describe("verdict and cause in one sentence"),
  phases: z.array(z.object({ phase: z.enum(RUN_PHASES), startMs: unixMs, endMs: unixMs })),
  faults: z.array(FaultRecord),
  invariants: z.array(InvariantRecord),
  accounting: z.record(z.enum(SIGNALS), Accounting),
  losses: z.array(LossRecord),
  delivery: z
    .partialRecord(z.enum(SIGNALS), DeliveryRecord)
    .optional()
    .describe(
      "from first send to first receipt; a signal of which nothing was delivered is absent",
    ),
  deployment: z.object({
    name: z.string(),
    overlay: z
      .string()
      .optional()
      .describe("what the scenario needs beside it; absent when it is the scenario's own"),
    collectorImages: z
      .array(z.string())
      .optional()
      .describe("that its collectors run; older versions did not record them"),
    configSha256: z.string(),
    corrections: z.array(z.object({ file: z.string(), why: z.string() })),
    kindSized: z.array(z.string()).describe("what the kind-sized component changes"),
    audit: z.array(z.string()).default([]).describe("what the audited component changes"),
    settings: z.array(z.object({ name: z.string(), value: z.string() })),
  }),
  environment: z.object({
    git: z.object({ sha: z.string(), dirty: z.boolean() }),
    versions: z.record(z.string(), z.string()),
    images: z.array(z.object({ name: z.string(), digest: z.string() })),
    corefile: z.string(),
    ipFamily: z
      .enum(["ipv4", "ipv6"])
      .optional()
      .describe("of the addresses of pods and Services; absent where nobody has looked"),
    egressGuard: z.string(),
    rebuilt: z
      .string()
      .optional()
      .describe("why the cluster was made anew before this run; absent when it was not"),
    borrowed: z
      .object({
        context: z.string().describe("the kubeconfig's name for it"),
        serverVersion: z.string(),
        namespace: z.string(),
        lent: z.boolean().describe("the namespace was there before; else the harness made it"),
        corefileRead: z.boolean().describe("else corefile is an assumption"),
      })
      .optional()
      .describe("a cluster that the harness did not make; absent for one of its own"),
  }),
  figures: z
    .record(z.string(), z.number())
    .describe("measured by the harness; the unit is the last word of the key"),
  plantedDefects: PlantedDefects.optional().describe("of chaos mutate, when it was asked"),
});
export type RunRecord = z.infer<typeof RunRecord>;
