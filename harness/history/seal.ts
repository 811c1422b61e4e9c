/** The seal of a history: manifest.json names every file with its size and SHA-256. */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { access, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { HarnessError, messageOf, UsageError } from "../model/errors.js";

const FILE = "manifest.json";

const SEAL_VERSION = 1;

const Manifest = z.object({
  schemaVersion: z.literal(SEAL_VERSION),
  files: z.array(z.object({ name: z.string(), bytes: z.number(), sha256: z.string() })),
});

export interface FileMeasure {
  readonly bytes: number;
  readonly lines: number;
  readonly sha256: string;
}

/** Size, line count and SHA-256 of a file, read as a stream. */
export async function measureFile(path: string): Promise<FileMeasure> {
  const hash = createHash("sha256");
  let bytes = 0;
  let lines = 0;
  for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
    hash.update(chunk);
    bytes += chunk.length;
    for (let at = chunk.indexOf(10); at !== -1; at = chunk.indexOf(10, at + 1)) lines++;
  }
  return { bytes, lines, sha256: hash.digest("hex") };
}

/** SHA-256 of a file, which may be large: in hexadecimal. */
async function digestOf(path: string): Promise<string> {
  const hash = createHash("sha256");
  const chunks = createReadStream(path, { highWaterMark: DIGEST_CHUNK_BYTES });
  for await (const chunk of chunks as AsyncIterable<Buffer>) hash.update(chunk);
  return hash.digest("hex");
}

const DIGEST_CHUNK_BYTES = 1 << 20;

/** Seals the named files of a directory. */
export async function writeSeal(dir: string, names: readonly string[]): Promise<void> {
  const files = [];
  for (const name of [...names].sort()) {
    const { bytes, sha256 } = await measureFile(join(dir, name));
    files.push({ name, bytes, sha256 });
  }
  await writeFile(
    join(dir, FILE),
    `${JSON.stringify({ schemaVersion: SEAL_VERSION, files }, null, 2)}\n`,
  );
}

export type SealedFile = z.infer<typeof Manifest>["files"][number];

/**
 * Checks every file against the seal and resolves with them. Errors name the first file that is missing or was
 * changed.
 */
export async function sealedFiles(dir: string): Promise<readonly SealedFile[]> {
  const { files } = await readManifest(dir);
  for (const { name, sha256 } of files) {
    const found = await digestOf(join(dir, name)).catch((cause: unknown) => {
      throw broken(`${name} is missing or cannot be read`, cause);
    });
    if (found !== sha256) throw broken(`${name} was changed after it was sealed`);
  }
  return files;

  function broken(what: string, cause?: unknown): HarnessError {
    return new HarnessError(`the history in ${dir} is not as it was sealed: ${what}`, {
      fix: "restore the directory from a copy, or run the scenario again",
      cause,
    });
  }
}

async function readManifest(dir: string): Promise<z.infer<typeof Manifest>> {
  const path = join(dir, FILE);
  await access(path).catch(() => {
    throw new UsageError(
      `${dir}: not a sealed history (no ${FILE}); give the directory of a finished run`,
    );
  });
  const parsed = Manifest.safeParse(await readJson(path, SEAL_VERSION));
  if (!parsed.success) throw new HarnessError(`${path}: ${z.prettifyError(parsed.error)}`);
  return parsed.data;
}

/**
 * The content of a JSON file that names its schemaVersion. HarnessError when it is not JSON, or of another version than
 * the one that is read here.
 */
export async function readJson(path: string, version: number): Promise<unknown> {
  let content: unknown;
  try {
    content = JSON.parse(await readFile(path, "utf8"));
  } catch (cause) {
    throw new HarnessError(`${path} cannot be read: ${messageOf(cause)}`, { cause });
  }
  const found = (content as { schemaVersion?: unknown } | null)?.schemaVersion;
  if (found === version) return content;
  throw new HarnessError(
    `${path} has schema version ${String(found)}; this harness reads ${String(version)}`,
    { fix: "judge it with the version that recorded it (context.json names its commit)" },
  );
}
