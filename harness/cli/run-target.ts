/** What a command line asks to put under test: a deployment, and the collector that it runs. */
import { existsSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { UsageError } from "../model/errors.js";
import { DEPLOYMENTS_DIR } from "../run/deployments-dir.js";
import { deploymentNames } from "./deployment-names.js";
import { demandRendered } from "./helm-templates.js";
import { kustomizationFiles, kustomizationIn } from "./kustomization-files.js";
import { didYouMean } from "./nearest.js";
import { statOf } from "./stat-of.js";
import type { Settings } from "./options-table.js";

/** The image of a release of the contrib distribution is this, a colon and the version. */
const CONTRIB = "otel/opentelemetry-collector-contrib";

type SaidOfCollectors = Pick<Settings, "collectorImage" | "collectorVersion">;

/** The images that every collector is to have, one after the other; undefined for as the manifests say. */
export const collectorImagesOf = ({
  collectorImage,
  collectorVersion,
}: SaidOfCollectors): readonly string[] | undefined =>
  collectorVersion?.map((version) => `${CONTRIB}:${version}`) ?? collectorImage;

/** The same where there can be one only. */
export function collectorImageOf(settings: SaidOfCollectors): string | undefined {
  const [image, ...others] = collectorImagesOf(settings) ?? [];
  if (others.length === 0) return image;
  const flag = settings.collectorVersion === undefined ? "image" : "version";
  throw new UsageError(`--collector-${flag}: give one`);
}

/** Settings whose collector is settled. */
export type WithCollector = Omit<Settings, "collectorImage" | "collectorVersion"> & {
  /** The image that every collector is to have; undefined for as the manifests say. */
  readonly collectorImage: string | undefined;
};

/**
 * A name under fixtures/deployments as it is, a Kustomize directory by its absolute path. A bare name is one of ours
 * before it is anything in the working directory. UsageError for what is neither.
 */
export async function deploymentOf(
  given: string,
  cwd: string,
  flag = "--deployment",
): Promise<string> {
  const names = deploymentNames();
  if (names.includes(given)) return given;
  const refuse = (why: string): never => {
    throw new UsageError(`${flag} ${given}: ${why}`);
  };
  if (/^[\w-]+$/.test(given) && existsSync(join(DEPLOYMENTS_DIR, given))) {
    return refuse(`a component, which is laid over a deployment; give one of ${names.join(", ")}`);
  }
  const path = resolve(cwd, given);
  const found = statOf(path);
  if (found === undefined) {
    return refuse(
      `neither a directory nor one of ${names.join(", ")}${didYouMean(given, [...names])}`,
    );
  }
  if (!found.isDirectory()) {
    return refuse("a file; name it under resources of a kustomization.yaml and give its directory");
  }
  if (kustomizationIn(path) !== undefined) {
    await demandNoTemplates(path, cwd);
    return path;
  }
  if (existsSync(join(path, "Chart.yaml"))) {
    return refuse(
      "a Helm chart, which Helm must render: write what helm template prints into a file, and name that " +
        "under resources of a kustomization.yaml",
    );
  }
  return refuse("no deployment: it has no kustomization.yaml (kustomize create --autodetect)");
}

async function demandNoTemplates(dir: string, cwd: string): Promise<void> {
  const { files } = await kustomizationFiles(dir, (path) => relative(cwd, path));
  for (const file of files) {
    demandRendered(file, "write what helm template prints into the Kustomize directory instead");
  }
}

/** The flags that ask for the same again. */
export function targetFlags({
  deployment,
  collectorImage,
}: Pick<WithCollector, "deployment" | "collectorImage">): string[] {
  const version = collectorImage?.startsWith(`${CONTRIB}:`)
    ? collectorImage.slice(CONTRIB.length + 1)
    : undefined;
  return [
    ...(deployment === undefined ? [] : [`--deployment ${quoted(deployment)}`]),
    ...(collectorImage === undefined
      ? []
      : [
          version !== undefined && /^[\w.-]+$/.test(version)
            ? `--collector-version ${version}`
            : `--collector-image ${collectorImage}`,
        ]),
  ];
}

/** As a shell reads one word. */
export const quoted = (word: string): string =>
  /^[\w./@:-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
