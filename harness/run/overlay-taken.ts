/** Whether an overlay that was written over one deployment does the same to another. */
import { stringify } from "yaml";
import { settingsByPath } from "../cluster/deployment-changes.js";
import { UsageError } from "../model/errors.js";
import { collectorWorkloads, parseManifests } from "../oracle/manifests.js";
import { listOf, mappingOf, type Mapping } from "../oracle/untyped.js";

interface Renderings {
  /** The base that the overlay was written for, and the overlay over it. */
  readonly before: string;
  readonly after: string;
  /** The overlay over another base. */
  readonly now: string;
}

/**
 * UsageError with the first setting that the overlay is there for and that it does not reach: Kustomize passes over a
 * patch that finds no target.
 */
export function demandTaken(
  { overlay, deployment }: { readonly overlay: string; readonly deployment: string },
  { before, after, now }: Renderings,
): void {
  const [old, wanted, found] = [before, after, now].map((yaml) => settingsByPath(inEffect(yaml)));
  for (const path of new Set([...(old?.keys() ?? []), ...(wanted?.keys() ?? [])])) {
    const value = wanted?.get(path);
    if (value === old?.get(path) || value === found?.get(path)) continue;
    throw new UsageError(
      `${overlay} over ${deployment}: ${path} is ${found?.get(path) ?? "absent"} instead of ` +
        `${value ?? "absent"}, so the scenario would not be what it says; leave it out with --grep-invert`,
    );
  }
}

/** Each collector's configuration as a whole in place of the files and arguments that it is put together from. */
function inEffect(yaml: string): string {
  const manifests = parseManifests(yaml);
  const workloads = collectorWorkloads(manifests);
  return manifests
    .filter(({ kind }) => kind !== "ConfigMap")
    .map((object) => {
      const own = workloads.filter((workload) => workload.object === object);
      return own.length === 0
        ? object
        : { ...withoutArguments(object), collectors: own.map(({ config }) => config) };
    })
    .map((object) => stringify(object))
    .join("---\n");
}

function withoutArguments(object: Mapping): Mapping {
  const spec = mappingOf(object["spec"]);
  const template = mappingOf(spec["template"]);
  const podSpec = mappingOf(template["spec"]);
  const containers = listOf(podSpec["containers"]).map((one) => ({ ...mappingOf(one), args: [] }));
  return {
    ...object,
    spec: { ...spec, template: { ...template, spec: { ...podSpec, containers } } },
  };
}
