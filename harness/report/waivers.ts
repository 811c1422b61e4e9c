/** Waivers: who accepts which explained loss, why, and until when. A file that people write. */
import { readFile } from "node:fs/promises";
import { parse } from "yaml";
import { z } from "zod";
import { messageOf, UsageError } from "../model/errors.js";
import type { RunRecord } from "../model/run-record.js";
import { firstIssue } from "./json-file.js";

const text = z.string().trim().min(1);

const Waiver = z
  .strictObject({
    scenario: text.describe("the scenario whose loss is accepted"),
    invariant: z
      .literal("zero-loss")
      .optional()
      .describe("accepts all explained loss of the scenario; a failed invariant is never waived"),
    rule: text
      .optional()
      .describe(
        "accepts loss explained by this rule: its text, or the upstream issue that it names",
      ),
    owner: text.describe("who answers for it"),
    reason: text,
    expires: z.iso.date().describe("last day on which it holds, UTC"),
  })
  .refine(({ invariant, rule }) => (invariant === undefined) !== (rule === undefined), {
    error: "give either invariant or rule",
  });
export type Waiver = z.infer<typeof Waiver>;

export const Waivers = z.strictObject({ waivers: z.array(Waiver) });

/** Reads `waivers: [{scenario, rule, owner, reason, expires}]`; UsageError names the file and the field. */
export async function readWaivers(path: string): Promise<readonly Waiver[]> {
  const source = await readFile(path, "utf8").catch((thrown: unknown) => {
    throw new UsageError(`${path}: cannot read the waivers (${messageOf(thrown)})`);
  });
  let value: unknown;
  try {
    value = parse(source);
  } catch (thrown) {
    throw new UsageError(`${path}: not YAML (${messageOf(thrown).split("\n")[0] ?? ""})`);
  }
  const parsed = Waivers.safeParse(value);
  if (!parsed.success) throw new UsageError(`${path}: ${firstIssue(parsed.error)}`);
  return parsed.data.waivers;
}

/** Whether the waiver is about this loss of the scenario, expired or not. */
export const covers = (
  waiver: Waiver,
  scenario: string,
  { rule }: Pick<RunRecord["losses"][number], "rule">,
): boolean =>
  waiver.scenario === scenario &&
  rule !== null &&
  (waiver.rule === undefined || rule === waiver.rule || rule.endsWith(` (${waiver.rule})`));

/** The last day counts whole. */
export const isExpired = ({ expires }: Waiver, now: Date): boolean =>
  now.toISOString().slice(0, 10) > expires;
