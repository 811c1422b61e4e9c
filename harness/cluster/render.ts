/** Renders a Kustomize directory to the YAML that is applied, recorded and judged. */
import { mkdtemp, realpath, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, relative, resolve } from "node:path";
import { execa } from "execa";
import { stringify } from "yaml";
import { UsageError } from "../model/errors.js";
import { parseManifests } from "./manifests.js";

export interface RenderOptions {
  /** Path of a kubectl binary. */
  readonly kubectl: string;
  /** The Kustomize directory. */
  readonly dir: string;
  /** Components to lay over it, in order; they lie beside the directory. */
  readonly components?: readonly ("kind-sized" | "audited")[];
  readonly signal?: AbortSignal | undefined;
}

/**
 * The rendered YAML. UsageError names the directory, and the file and line as Kustomize says them.
 */
export async function renderDeployment(options: RenderOptions): Promise<string> {
  await demandDirectory(options.dir);
  const beside = dirname(resolve(options.dir));
  const components = (options.components ?? []).map((name) => join(beside, name));
  if (components.length === 0) return runKustomize(options, options.dir);
  for (const component of components) await demandDirectory(component);
  return (await renderOverlay(options, { components })).yaml;
}

/**
 * The rendered YAML in which each object carries Kustomize's annotation of the file that it comes from, as a path
 * from `root`. Errors as of renderDeployment.
 */
export async function renderWithOrigins(
  options: Omit<RenderOptions, "components">,
): Promise<{ readonly yaml: string; readonly root: string }> {
  await demandDirectory(options.dir);
  return renderOverlay(options, { buildMetadata: ["originAnnotations"] });
}

/** Renders the directory through a kustomization of our own, which lies in a scratch directory. */
async function renderOverlay(
  options: RenderOptions,
  {
    components = [],
    ...rest
  }: { components?: readonly string[]; buildMetadata?: readonly string[] },
): Promise<{ yaml: string; root: string }> {
  const scratch = await realpath(await mkdtemp(join(tmpdir(), "chaos-render-")));
  try {
    // Kustomize takes only relative paths.
    const fromScratch = async (path: string): Promise<string> =>
      relative(scratch, await realpath(path));
    const overlay = {
      resources: [await fromScratch(options.dir)],
      components: await Promise.all(components.map(fromScratch)),
      ...rest,
    };
    await writeFile(join(scratch, "kustomization.yaml"), stringify(overlay));
    return { yaml: await runKustomize(options, scratch), root: scratch };
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

async function demandDirectory(dir: string): Promise<void> {
  const found = await stat(dir).catch(() => undefined);
  if (found?.isDirectory() === true) return;
  throw new UsageError(`${dir}: no such directory; a deployment is a Kustomize directory`);
}

async function runKustomize(options: RenderOptions, dir: string): Promise<string> {
  const result = await execa(options.kubectl, ["kustomize", dir], {
    reject: false,
    timeout: 60_000,
    stripFinalNewline: false,
    ...(options.signal === undefined ? {} : { cancelSignal: options.signal }),
  });
  options.signal?.throwIfAborted();
  if (result.exitCode !== 0) {
    throw new UsageError(
      `${options.dir}: ${kustomizeMessage(result.stderr || (result.message ?? ""))}`,
    );
  }
  parseManifests(result.stdout, options.dir);
  return result.stdout;
}

/** Kustomize wraps one cause in many layers; the innermost names the file and the line. */
export function kustomizeMessage(stderr: string): string {
  const text = stderr
    .replace(/\s+/g, " ")
    .replace(/^error: /, "")
    .trim();
  const malformed = /MalformedYAMLError: (.+?) in File: ([^\s'"]+)/.exec(text);
  if (malformed) return `${malformed[2] ?? ""}: ${malformed[1] ?? ""}`;
  const missing = /lstat (\S+): (no such file or directory)/.exec(text);
  if (missing) return `${missing[1] ?? ""}: ${missing[2] ?? ""}`;
  return /invalid Kustomization: .*$/.exec(text)?.[0] ?? text;
}
