/** The files that a Kustomize directory is rendered from, and those that lie beside them unused. */
import { existsSync } from "node:fs";
import { readdir, readFile, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { parse } from "yaml";
import type { SourceFile } from "../check/source-documents.js";
import { at, listOf, textOf } from "../oracle/untyped.js";

const NAMES = ["kustomization.yaml", "kustomization.yml", "Kustomization"];

/** The path of a directory's kustomization. */
export const kustomizationIn = (dir: string): string | undefined =>
  NAMES.map((name) => join(dir, name)).find((path) => existsSync(path));

export interface KustomizationFiles {
  /** What has the last word comes first: patches, then components, then what they change. */
  readonly files: readonly SourceFile[];
  readonly beside: readonly SourceFile[];
}

/** `shown` turns a path into what the user reads. What is not on this disk is left out. */
export async function kustomizationFiles(
  dir: string,
  shown: (path: string) => string,
): Promise<KustomizationFiles> {
  const paths = await pathsOf(dir);
  const read = async (path: string): Promise<SourceFile> => ({
    file: shown(path),
    text: await readFile(path, "utf8"),
  });
  const unused: string[] = [];
  for (const one of new Set(paths.map((path) => dirname(path)))) {
    for (const name of (await readdir(one)).sort()) {
      const path = join(one, name);
      if (/\.ya?ml$/.test(name) && !paths.includes(path)) unused.push(path);
    }
  }
  return {
    files: await Promise.all(paths.map(read)),
    beside: await Promise.all(unused.map(read)),
  };
}

async function pathsOf(dir: string): Promise<string[]> {
  const own = kustomizationIn(dir);
  if (own === undefined) return [];
  const value: unknown = parse(await readFile(own, "utf8"));
  const texts = (key: string): string[] => listOf(at(value, key)).map(textOf);
  const patches = [
    ...listOf(at(value, "patches")).map((one) => textOf(at(one, "path"))),
    ...texts("patchesStrategicMerge"),
    ...listOf(at(value, "patchesJson6902")).map((one) => textOf(at(one, "path"))),
  ];
  const generated = listOf(at(value, "configMapGenerator")).flatMap((one) =>
    listOf(at(one, "files")).map((file) => textOf(file).replace(/^[^=]*=/, "")),
  );
  const below = [...texts("components").reverse(), ...texts("resources"), ...texts("bases")];
  const paths = [own];
  for (const name of [...patches.reverse(), ...generated.reverse(), ...below]) {
    const path = join(dir, name);
    const found = name === "" ? undefined : await stat(path).catch(() => undefined);
    if (found?.isDirectory() === true) paths.push(...(await pathsOf(path)));
    else if (found?.isFile() === true) paths.push(path);
  }
  return [...new Set(paths)];
}
