/** run.json on disk: validated when it is written and when it is read. */
import { readFile, writeFile } from "node:fs/promises";
import type { z } from "zod";
import { messageOf, UsageError } from "../model/errors.js";
import { RUN_SCHEMA_VERSION, RunRecord } from "../model/run-record.js";

/** Writes `record`; throws a TypeError that names the field when the record is not one. */
export async function writeRunFile(path: string, record: RunRecord): Promise<void> {
  const parsed = RunRecord.safeParse(record);
  if (!parsed.success) {
    throw new TypeError(`not a run record, ${path} not written: ${firstIssue(parsed.error)}`);
  }
  await writeFile(path, `${JSON.stringify(parsed.data, null, 2)}\n`);
}

/**
 * Reads a run.json; throws UsageError that names the file and, if it is not a run record, the
 * field.
 */
export async function readRunRecord(path: string): Promise<RunRecord> {
  const value = parseJson(path, await readText(path));
  const version = versionOf(value);
  if (version !== undefined && version > RUN_SCHEMA_VERSION) {
    throw new UsageError(
      `${path}: schemaVersion ${String(version)} is newer than ${String(RUN_SCHEMA_VERSION)}, ` +
        "which this version reads: update the harness",
    );
  }
  const parsed = RunRecord.safeParse(value);
  if (!parsed.success) throw new UsageError(`${path}: ${firstIssue(parsed.error)}`);
  return parsed.data;
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    throw new UsageError(
      `${path}: cannot read it (${messageOf(error)}): give the run.json of a run`,
    );
  }
}

function parseJson(path: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new UsageError(`${path}: not JSON (${messageOf(error)})`);
  }
}

function versionOf(value: unknown): number | undefined {
  if (typeof value !== "object" || value === null || !("schemaVersion" in value)) return undefined;
  return typeof value.schemaVersion === "number" ? value.schemaVersion : undefined;
}

/** `invariants.0.verdict: Invalid option: …`. */
function firstIssue(error: z.ZodError): string {
  const issue = error.issues[0];
  if (issue === undefined) return "not a run record";
  const field = issue.path.length === 0 ? "the file" : issue.path.map(String).join(".");
  const more = error.issues.length - 1;
  const rest = more > 0 ? ` (and ${String(more)} more)` : "";
  return `field ${field}: ${issue.message}${rest}`;
}
