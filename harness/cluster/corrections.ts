/** Lists what a deployment had to correct, from the comments that stand beside each correction. */
import { readdir, readFile } from "node:fs/promises";
import { dirname, join, relative, resolve } from "node:path";
import { parse } from "yaml";

export interface Correction {
  /** Path from the directory that holds the deployments: `corrected/corrections/namespace.yaml`. */
  readonly file: string;
  /** What was wrong and why this mends it, as one paragraph. */
  readonly why: string;
}

/** Corrections of a Kustomize directory and of the bases that it builds on, sorted by file. */
export async function listCorrections(deploymentDir: string): Promise<Correction[]> {
  const root = dirname(resolve(deploymentDir));
  const found: Correction[] = [];
  for (const dir of await withBases(resolve(deploymentDir))) {
    for (const path of await yamlFilesUnder(dir)) {
      const file = relative(root, path);
      for (const why of correctionsIn(await readFile(path, "utf8"))) found.push({ file, why });
    }
  }
  return found.sort((a, b) => (a.file < b.file ? -1 : a.file > b.file ? 1 : 0));
}

/** The comments that begin with `Correction:`, each with its following comment lines. */
export function correctionsIn(yaml: string): string[] {
  const comments = yaml.matchAll(/^[ \t]*# Correction: .*(?:\n[ \t]*# ?.*)*/gm);
  return [...comments].map(([comment]) =>
    comment
      .split("\n")
      .map((line) => line.trim().replace(/^# ?/, ""))
      .join(" ")
      .replace(/^Correction: /, ""),
  );
}

async function withBases(dir: string): Promise<string[]> {
  const text = await readFile(join(dir, "kustomization.yaml"), "utf8");
  const { resources = [] } = parse(text) as { resources?: string[] };
  const bases = resources.filter((resource) => !/\.ya?ml$/.test(resource));
  const nested = await Promise.all(bases.map((base) => withBases(resolve(dir, base))));
  return [...new Set([dir, ...nested.flat()])];
}

async function yamlFilesUnder(dir: string): Promise<string[]> {
  const entries = await readdir(dir, { recursive: true });
  return entries.filter((entry) => /\.ya?ml$/.test(entry)).map((entry) => join(dir, entry));
}
