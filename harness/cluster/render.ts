/** Renders a Kustomize directory to the YAML that is applied, recorded and judged. */
import { cp, mkdtemp, readFile, realpath, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { execa } from "execa";
import { parse, stringify } from "yaml";
import { UsageError } from "../model/errors.js";
import { parseManifests } from "./manifests.js";

export interface RenderOptions {
  /** Path of a kubectl binary. */
  readonly kubectl: string;
  /** The Kustomize directory. */
  readonly dir: string;
  /** A Kustomize directory over one base, its only resource, which `dir` takes the place of. */
  readonly overlay?: string | undefined;
  /** Directories of components to lay over it, in order. */
  readonly components?: readonly string[];
  readonly signal?: AbortSignal | undefined;
}

/**
 * The rendered YAML. UsageError names the directory, and the file and line as Kustomize says them.
 */
export async function renderDeployment(options: RenderOptions): Promise<string> {
  const { dir, overlay, components = [] } = options;
  await demandDirectory(dir);
  if (components.length === 0 && overlay === undefined) return runKustomize(options, dir);
  for (const one of [...components, ...(overlay === undefined ? [] : [overlay])]) {
    await demandDirectory(one);
  }
  return (await renderOverlay(options, { components })).yaml;
}

/**
 * The rendered YAML in which each object carries Kustomize's annotation of the file that it comes from, as a path
 * from `root`. Errors as of renderDeployment.
 */
export async function renderWithOrigins(
  options: Omit<RenderOptions, "components" | "overlay">,
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
    const own = {
      resources: [
        options.overlay === undefined
          ? await fromScratch(options.dir)
          : await rebased(options.overlay, options.dir, scratch),
      ],
      components: await Promise.all(components.map(fromScratch)),
      ...rest,
    };
    await writeFile(join(scratch, "kustomization.yaml"), stringify(own));
    return { yaml: await runKustomize(options, scratch), root: scratch };
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** A copy of the overlay in the scratch directory, with `dir` for its base; files must lie below a kustomization. */
async function rebased(overlay: string, dir: string, scratch: string): Promise<string> {
  const name = "overlay";
  const copy = join(scratch, name);
  await cp(overlay, copy, { recursive: true });
  const path = join(copy, "kustomization.yaml");
  const kustomization = parse(await readFile(path, "utf8")) as { resources?: unknown[] };
  if (kustomization.resources?.length !== 1) {
    throw new UsageError(`${overlay}: has more than its base, so it cannot have another base`);
  }
  const resources = [relative(copy, await realpath(dir))];
  await writeFile(path, stringify({ ...kustomization, resources }));
  return name;
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
