/**
 * The published JSON schemas, generated from the zod schemas that the harness itself validates with.
 */
import { z } from "zod";
import { RunRecord } from "../model/run-record.js";
import { Comparison } from "./compare.js";
import { IndexLine } from "./index-file.js";
import { Matrix } from "./matrix.js";
import { SignOff } from "./sign-off-record.js";
import { SuiteRecord } from "./suite.js";
import { Waivers } from "./waivers.js";

interface Published {
  /** From the root of the repository. */
  readonly path: string;
  readonly title: string;
  readonly description: string;
  readonly schema: z.ZodType;
}

export const PUBLISHED: readonly Published[] = [
  {
    path: "reports/schema/run.schema.json",
    title: "Run record",
    description: "The record of one run of the agent-gateway chaos harness (run.json).",
    schema: RunRecord,
  },
  {
    path: "reports/schema/index-line.schema.json",
    title: "Index line",
    description:
      "A line of reports/index.jsonl: one run. Of several with one `dir` the last counts: it was judged again.",
    schema: IndexLine,
  },
  {
    path: "reports/schema/suite.schema.json",
    title: "Suite record",
    description: "The runs of a suite and of the runs before them (reports/suite.json).",
    schema: SuiteRecord,
  },
  {
    path: "reports/schema/matrix.schema.json",
    title: "Matrix",
    description: "What each deployment guaranteed under each fault (reports/matrix.json).",
    schema: Matrix,
  },
  {
    path: "reports/schema/sign-off.schema.json",
    title: "Sign-off",
    description: "Whether a version may be released, and why (reports/signoff/VERSION.json).",
    schema: SignOff,
  },
  {
    path: "reports/schema/waivers.schema.json",
    title: "Waivers",
    description:
      "Who accepts which explained loss (chaos report --sign-off VERSION --waivers FILE).",
    schema: Waivers,
  },
  {
    path: "reports/schema/comparison.schema.json",
    title: "Comparison",
    description: "Two runs of one scenario side by side (chaos compare --format json).",
    schema: Comparison,
  },
];

/** JSON Schema, draft 2020-12. Unknown members are allowed: records only ever grow. */
export function jsonSchemaOf({ schema, title, description }: Published): object {
  const made = z.toJSONSchema(schema, { target: "draft-2020-12", io: "input" });
  return { ...made, title, description };
}
