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
        (merged, file) => mergeConfigs(merged, readConfig(file, container, podSpec, manifests)),
        {},
      );
      const name = `${textOf(object["kind"])}/${nameOf(object)}`;
      return [{ object, name, podSpec, container, config }];
    });
  });
}

/** The values of the container's --config flags. */
export function configFiles(container: Mapping): string[] {
  const words = [...listOf(container["command"]), ...listOf(container["args"])].map(textOf);
  return words.flatMap((word, index) => {
    const joined = /^--?config=(.*)$/.exec(word)?.[1];
    if (joined !== undefined) return [joined];
    return /^--?config$/.test(word) ? [words[index + 1] ?? ""] : [];
  });
}

/** Where a --config flag points: at text of its own, or at keys of ConfigMaps, the likeliest first. */
export type ConfigSource =
  | { readonly kind: "inline"; readonly text: string }
  | {
      readonly kind: "mounted";
      readonly path: string;
      readonly keys: readonly { readonly configMap: string; readonly key: string }[];
    };

/** Follows a path in the container through its volume mounts to the ConfigMaps that may hold it. */
export function configSource(location: string, container: Mapping, podSpec: Mapping): ConfigSource {
  if (location.startsWith("yaml:")) {
    return { kind: "inline", text: location.slice("yaml:".length) };
  }
  const path = location.replace(/^file:/, "");
  const keys = listOf(container["volumeMounts"]).flatMap((value) => {
    const mount = mappingOf(value);
    const mountPath = textOf(mount["mountPath"]);
    if (path !== mountPath && !path.startsWith(`${mountPath}/`)) return [];
    const volume = listOf(podSpec["volumes"])
      .map(mappingOf)
      .find(({ name }) => name === mount["name"]);
    const configMap = textOf(at(volume, "configMap", "name"));
    if (configMap === "") return [];
    const file = path.slice(mountPath.length + 1);
    const wanted = file === "" ? textOf(mount["subPath"]) : file;
    const item = listOf(at(volume, "configMap", "items"))
      .map(mappingOf)
      .find((candidate) => candidate["path"] === wanted);
    return [{ configMap, key: item === undefined ? wanted : textOf(item["key"]) }];
  });
  return { kind: "mounted", path, keys };
}

function readConfig(
  location: string,
  container: Mapping,
  podSpec: Mapping,
  manifests: readonly Mapping[],
): Mapping {
  const source = configSource(location, container, podSpec);
  if (source.kind === "inline") return mappingOf(parse(source.text));
  for (const { configMap, key } of source.keys) {
    const found = ofKind(manifests, "ConfigMap").find((one) => nameOf(one) === configMap);
    const text = at(found, "data", key);
    if (typeof text === "string") return parseConfig(text, source.path);
  }
  throw new UsageError(`rendered deployment: no ConfigMap holds the collector's ${source.path}`);
}

function parseConfig(text: string, path: string): Mapping {
  try {
    return mappingOf(parse(text));
  } catch (thrown) {
    throw new UsageError(`rendered deployment: the collector's ${path}: ${String(thrown)}`);
  }
}

/** Mappings merge key by key; anything else is replaced, lists too. */
export function mergeConfigs(base: Mapping, over: Mapping): Mapping {
  const merged: Record<string, unknown> = { ...base };
  for (const [key, value] of Object.entries(over)) {
    const old = merged[key];
    merged[key] = isMapping(old) && isMapping(value) ? mergeConfigs(old, value) : value;
  }
  return merged;
}
