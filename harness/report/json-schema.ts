/**
 * The published JSON schema of run.json, generated from the zod schema that the harness itself
 * uses.
 */
import { z } from "zod";
import { RunRecord } from "../model/run-record.js";

/** Where the schema is kept, from the root of the repository. */
export const RUN_SCHEMA_PATH = "reports/schema/run.schema.json";

/** JSON Schema, draft 2020-12. Unknown members are allowed: the record only ever grows. */
export function runJsonSchema(): object {
  const schema = z.toJSONSchema(RunRecord, { target: "draft-2020-12", io: "input" });
  return {
    ...schema,
    title: "Run record",
    description: "The record of one run of the agent-gateway chaos harness (run.json).",
  };
}
