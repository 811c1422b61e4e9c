/** Where the kit lies, where its results are kept, and the hash of what goes into them. */
import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/**
 * The image label that carries the content hash; only images with it are ever rebuilt or removed.
 */
export const CONTENT_LABEL = "agent-gateway-chaos.dev/content";

/** A path below fixtures/kit. */
export const kitPath = (...parts: string[]): string =>
  join(fileURLToPath(new URL("../../../fixtures/kit/", import.meta.url)), ...parts);

/** Everything that is built outside Docker, and what belongs to our clusters. */
export const cacheDirectory = (): string =>
  join(process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "agent-gateway-chaos");

/**
 * A hash of named parts; the order of the parts counts, and no two lists of parts collide by
 * concatenation.
 */
export function hashOf(...parts: readonly (string | Uint8Array)[]): string {
  const hash = createHash("sha256");
  for (const part of parts) {
    hash.update(`${part.length}:`);
    hash.update(part);
  }
  return hash.digest("hex").slice(0, 20);
}

/** The hash of all files of a directory: their relative paths and contents. */
export async function hashOfDirectory(directory: string): Promise<string> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  const parts: (string | Uint8Array)[] = [];
  for (const path of paths) parts.push(path.slice(directory.length), await readFile(path));
  return hashOf(...parts);
}
