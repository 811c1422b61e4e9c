/** signoff/VERSION.json: what was released, what shows that it may be, and what is missing. */
import { z } from "zod";

export const SIGN_OFF_SCHEMA_VERSION = 1;

const verdict = z.enum(["pass", "inconclusive", "fail"]);
const count = z.number().int().nonnegative();

const SignedRun = z.object({
  runId: z.string(),
  verdict,
  good: z
    .boolean()
    .describe("passed, or a control that was found out; and nothing else against it"),
  headline: z.string(),
  seed: z.string(),
  strict: z.boolean(),
  startedAt: z.iso.datetime(),
  path: z.string().describe("run.json, from the reports directory"),
  sha256: z.string().describe("of run.json"),
});

const AcceptedLoss = z.object({
  scenario: z.string(),
  rule: z.string(),
  items: count.describe("the most of any run"),
  waiver: z
    .object({ owner: z.string(), reason: z.string(), expires: z.string() })
    .nullable()
    .describe("null when none that has not expired covers it"),
});

export const SignOff = z.object({
  schemaVersion: z.literal(SIGN_OFF_SCHEMA_VERSION),
  version: z.string(),
  suite: z.string(),
  createdAt: z.iso.datetime(),
  decision: z.enum(["approved", "NOT APPROVED"]),
  missing: z.array(z.string()).describe("each in one sentence; empty exactly when approved"),
  demanded: z.object({ repetitions: count, strict: z.boolean() }),
  released: z.object({
    commit: z.string().nullable().describe("null when the runs are of several or of none"),
    images: z.array(z.object({ name: z.string(), digest: z.string() })),
    deployments: z.array(z.object({ name: z.string(), configSha256: z.string() })),
  }),
  scenarios: z.array(
    z.object({ name: z.string(), control: z.boolean(), runs: z.array(SignedRun) }),
  ),
  explainedLoss: z.array(AcceptedLoss),
  unusedWaivers: z.array(z.string()),
  plantedDefects: z
    .object({ runId: z.string(), caught: count, planted: count })
    .nullable()
    .describe("of the run in which most were planted"),
});
export type SignOff = z.infer<typeof SignOff>;
