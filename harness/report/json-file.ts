/** Published JSON files: validated when they are written and when they are read. */
import { readFile, writeFile } from "node:fs/promises";
import type { z } from "zod";
import { messageOf, UsageError } from "../model/errors.js";

/** A kind of file: what it is called, its schema, and the newest version that is understood. */
export interface JsonKind<S extends z.ZodType> {
  /** `run record`. */
  readonly name: string;
  readonly schema: S;
  readonly version: number;
}

/** Writes `value`; throws a TypeError that names the field when it is not what it should be. */
export async function writeJsonFile<S extends z.ZodType>(
  path: string,
  kind: JsonKind<S>,
  value: z.input<S>,
): Promise<void> {
  const parsed = kind.schema.safeParse(value);
  if (!parsed.success) {
    throw new TypeError(`not a ${kind.name}, ${path} not written: ${firstIssue(parsed.error)}`);
  }
  await writeFile(path, `${JSON.stringify(parsed.data, null, 2)}\n`);
}

/** Reads a file; throws UsageError that names the file and, if it is not of that kind, the field. */
export async function readJsonFile<S extends z.ZodType>(
  path: string,
  kind: JsonKind<S>,
  fix: string,
): Promise<z.output<S>> {
  const text = await readFile(path, "utf8").catch((error: unknown) => {
    throw new UsageError(`${path}: cannot read it (${messageOf(error)}): ${fix}`);
  });
  return parseJsonText(path, text, kind);
}

/** The same for text that was read already; `where` is the file, or the file and the line. */
export function parseJsonText<S extends z.ZodType>(
  where: string,
  text: string,
  { schema, version }: Pick<JsonKind<S>, "schema" | "version">,
): z.output<S> {
  const value = parseJson(where, text);
  const found = versionOf(value);
  if (found !== undefined && found > version) {
    throw new UsageError(
      `${where}: schemaVersion ${String(found)} is newer than ${String(version)}, ` +
        "which this version reads: update the harness",
    );
  }
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw new UsageError(`${where}: ${firstIssue(parsed.error)}`);
  return parsed.data;
}

function parseJson(where: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new UsageError(`${where}: not JSON (${messageOf(error)})`);
  }
}

function versionOf(value: unknown): number | undefined {
  if (typeof value !== "object" || value === null || !("schemaVersion" in value)) return undefined;
  return typeof value.schemaVersion === "number" ? value.schemaVersion : undefined;
}

/** `field invariants.0.verdict: Invalid option: …`. */
export function firstIssue(error: z.ZodError): string {
  const issue = error.issues[0];
  if (issue === undefined) return "not valid";
  const field = issue.path.length === 0 ? "the file" : issue.path.map(String).join(".");
  const more = error.issues.length - 1;
  const rest = more > 0 ? ` (and ${String(more)} more)` : "";
  return `field ${field}: ${issue.message}${rest}`;
}
