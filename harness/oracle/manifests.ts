/** The rendered deployment as Kubernetes objects, and the collector configuration that each workload runs. */
import { parse, parseAllDocuments } from "yaml";
import { UsageError } from "../model/errors.js";
import { at, isMapping, listOf, mappingOf, textOf, type Mapping } from "./untyped.js";

/** A DaemonSet, Deployment or StatefulSet whose container runs a collector. */
export interface CollectorWorkload {
  readonly object: Mapping;
  /** `Deployment/otel-gateway`. */
  readonly name: string;
  readonly podSpec: Mapping;
  readonly container: Mapping;
  /** All its --config files merged in order, as the collector does. */
  readonly config: Mapping;
}

/** Parses the documents. UsageError with line and column when one is not YAML. */
export function parseManifests(renderedYaml: string): Mapping[] {
  return parseAllDocuments(renderedYaml).flatMap((document) => {
    const [error] = document.errors;
    if (error !== undefined) throw new UsageError(`rendered deployment: ${error.message}`);
    const value: unknown = document.toJS();
    return isMapping(value) ? [value] : [];
  });
}

export const ofKind = (manifests: readonly Mapping[], kind: string): Mapping[] =>
  manifests.filter((manifest) => manifest["kind"] === kind);

export const nameOf = (manifest: Mapping): string => textOf(at(manifest, "metadata", "name"));

const WORKLOADS = ["DaemonSet", "Deployment", "StatefulSet"];

export function collectorWorkloads(manifests: readonly Mapping[]): CollectorWorkload[] {
  return WORKLOADS.flatMap((kind) => ofKind(manifests, kind)).flatMap((object) => {
    const podSpec = mappingOf(at(object, "spec", "template", "spec"));
    return listOf(podSpec["containers"]).flatMap((value) => {
      const container = mappingOf(value);
      const files = configFiles(container);
      if (files.length === 0) return [];
      const config = files.reduce<Mapping>(
        (merged, file) => merge(merged, readConfig(file, container, podSpec, manifests)),
        {},
      );
      const name = `${textOf(object["kind"])}/${nameOf(object)}`;
      return [{ object, name, podSpec, container, config }];
    });
  });
}

/** The values of the container's --config flags. */
function configFiles(container: Mapping): string[] {
  const words = [...listOf(container["command"]), ...listOf(container["args"])].map(textOf);
  return words.flatMap((word, index) => {
    const joined = /^--?config=(.*)$/.exec(word)?.[1];
    if (joined !== undefined) return [joined];
    return /^--?config$/.test(word) ? [words[index + 1] ?? ""] : [];
  });
}

/** Follows a path in the container through its volume mounts to a key of a ConfigMap. */
function readConfig(
  location: string,
  container: Mapping,
  podSpec: Mapping,
  manifests: readonly Mapping[],
): Mapping {
  if (location.startsWith("yaml:")) return mappingOf(parse(location.slice("yaml:".length)));
  const path = location.replace(/^file:/, "");
  for (const mount of listOf(container["volumeMounts"]).map(mappingOf)) {
    const mountPath = textOf(mount["mountPath"]);
    if (path !== mountPath && !path.startsWith(`${mountPath}/`)) continue;
    const volume = listOf(podSpec["volumes"])
      .map(mappingOf)
      .find((candidate) => candidate["name"] === mount["name"]);
    const text = configMapText(volume, path.slice(mountPath.length + 1), mount, manifests);
    if (text !== undefined) return parseConfig(text, path);
  }
  throw new UsageError(`rendered deployment: no ConfigMap holds the collector's ${path}`);
}

function configMapText(
  volume: Mapping | undefined,
  file: string,
  mount: Mapping,
  manifests: readonly Mapping[],
): string | undefined {
  const name = textOf(at(volume, "configMap", "name"));
  const data = at(
    ofKind(manifests, "ConfigMap").find((candidate) => nameOf(candidate) === name),
    "data",
  );
  const wanted = file === "" ? textOf(mount["subPath"]) : file;
  const item = listOf(at(volume, "configMap", "items"))
    .map(mappingOf)
    .find(({ path }) => path === wanted);
  const text = at(data, item === undefined ? wanted : textOf(item["key"]));
  return typeof text === "string" ? text : undefined;
}

function parseConfig(text: string, path: string): Mapping {
  try {
    return mappingOf(parse(text));
  } catch (thrown) {
    throw new UsageError(`rendered deployment: the collector's ${path}: ${String(thrown)}`);
  }
}

/** Mappings merge key by key; anything else is replaced, lists too. */
function merge(base: Mapping, over: Mapping): Mapping {
  const merged: Record<string, unknown> = { ...base };
  for (const [key, value] of Object.entries(over)) {
    const old = merged[key];
    merged[key] = isMapping(old) && isMapping(value) ? merge(old, value) : value;
  }
  return merged;
}
