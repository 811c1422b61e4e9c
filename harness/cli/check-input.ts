/** Reads what `chaos check` is given: a deployment's name, a directory, a file or standard input. */
import { existsSync } from "node:fs";
import { readdir, readFile, stat } from "node:fs/promises";
import { isAbsolute, join, relative, resolve } from "node:path";
import { text } from "node:stream/consumers";
import { parse } from "yaml";
import type { DeploymentInput, Expectations } from "../check/checked-deployment.js";
import { documentsOf, type SourceFile } from "../check/source-documents.js";
import { HarnessError, UsageError } from "../model/errors.js";
import { at, isMapping, listOf, textOf, type Mapping } from "../oracle/untyped.js";
import { DEPLOYMENTS_DIR } from "../run/deployments-dir.js";
import { deploymentNames } from "./deployment-names.js";
import { demandRendered } from "./helm-templates.js";
import { kustomizationFiles, kustomizationIn } from "./kustomization-files.js";
import { didYouMean } from "./nearest.js";

/** UsageError when there is nothing to check; HarnessError without a kubectl to render with. */
export async function readInput(
  source: string,
  expectations: Expectations,
  cwd: string,
): Promise<DeploymentInput> {
  if (source === "-") {
    const file = { file: "<stdin>", text: await text(process.stdin) };
    return fromFiles("<stdin>", [file], expectations);
  }
  const path = pathOf(source, cwd);
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) {
    const names = deploymentNames();
    throw new UsageError(
      `${source}: neither a file nor a directory nor one of ` +
        `${names.join(", ")}${didYouMean(source, names)}`,
    );
  }
  const shown = (one: string): string => shownPath(one, cwd);
  if (found.isFile()) {
    const file = { file: shown(path), text: await readFile(path, "utf8") };
    return fromFiles(source, [file], expectations);
  }
  if (kustomizationIn(path) !== undefined) return fromKustomize(source, path, expectations, shown);
  if (existsSync(join(path, "Chart.yaml"))) {
    throw new UsageError(
      `${source}: a Helm chart, which Helm must render: helm template ${source} | ` +
        "npx chaos check -",
    );
  }
  const names = await readdir(path, { recursive: true });
  const manifests = names.filter((name) =>
    /^(?!.*(node_modules|\/\.)).*\.(ya?ml|json)$/.test(name),
  );
  const files = manifests.sort().map(async (name) => ({
    file: shown(join(path, name)),
    text: await readFile(join(path, name), "utf8"),
  }));
  return fromFiles(source, await Promise.all(files), expectations);
}

/** A bare name is one of ours before it is anything in the working directory. */
function pathOf(source: string, cwd: string): string {
  const ours = join(DEPLOYMENTS_DIR, source);
  return /^[\w-]+$/.test(source) && existsSync(ours) ? ours : resolve(cwd, source);
}

/** From the working directory, unless the way there leads out of it. */
function shownPath(path: string, cwd: string): string {
  const way = relative(cwd, path);
  return way.startsWith("..") || isAbsolute(way) ? path : way;
}

/** Manifests as they stand; files without one may be configurations that a ConfigMap was to hold. */
function fromFiles(
  source: string,
  files: readonly SourceFile[],
  expectations: Expectations,
): DeploymentInput {
  const objects: Mapping[] = [];
  const origins = new Map<Mapping, string>();
  const beside: SourceFile[] = [];
  for (const file of files) {
    demandRendered(file, "render it first: helm template CHART | npx chaos check -");
    const found = documentsOf(file)
      .flatMap(({ value }) => (at(value, "kind") === "List" ? listOf(at(value, "items")) : [value]))
      .filter(isObject);
    if (found.length === 0) beside.push(file);
    objects.push(...found);
    for (const one of found) origins.set(one, file.file);
  }
  demandObjects(source, objects);
  const used = files.filter((file) => !beside.includes(file));
  return { source, objects, origins, files: used, beside, expectations };
}

const isObject = (value: unknown): value is Mapping =>
  isMapping(value) && textOf(value["apiVersion"]) !== "" && textOf(value["kind"]) !== "";

function demandObjects(source: string, objects: readonly Mapping[]): void {
  if (objects.length > 0) return;
  throw new UsageError(
    `${source}: no deployment: no Kubernetes manifest in it; give a Kustomize directory, manifests, ` +
      "or what helm template prints",
  );
}

const ORIGIN = "config.kubernetes.io/origin";

async function fromKustomize(
  source: string,
  dir: string,
  expectations: Expectations,
  shown: (path: string) => string,
): Promise<DeploymentInput> {
  const { findKubectl } = await import("kind-node");
  const { renderWithOrigins } = await import("../cluster/render.js");
  const kubectl = await findKubectl();
  if (kubectl === undefined) {
    throw new HarnessError("kubectl is not installed, which renders a Kustomize directory", {
      fix: `install kubectl, or render elsewhere: kustomize build ${source} | npx chaos check -`,
    });
  }
  const { yaml, root } = await renderWithOrigins({ kubectl, dir });
  const origins = new Map<Mapping, string>();
  const objects = documentsOf({ file: source, text: yaml }).flatMap(({ value }) => {
    if (!isObject(value)) return [];
    const { object, origin } = withoutOrigin(value);
    if (origin !== undefined) origins.set(object, shown(resolve(root, origin)));
    return [object];
  });
  demandObjects(source, objects);
  return { source, objects, origins, expectations, ...(await kustomizationFiles(dir, shown)) };
}

function withoutOrigin(object: Mapping): { object: Mapping; origin: string | undefined } {
  const annotations = at(object, "metadata", "annotations");
  const noted = textOf(at(annotations, ORIGIN));
  if (!isMapping(annotations) || !isMapping(object["metadata"])) {
    return { object, origin: undefined };
  }
  const kept = Object.fromEntries(Object.entries(annotations).filter(([key]) => key !== ORIGIN));
  const path = textOf(at(parse(noted) as unknown, "path"));
  return {
    object: { ...object, metadata: { ...object["metadata"], annotations: kept } },
    origin: path === "" ? undefined : path,
  };
}
