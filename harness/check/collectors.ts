/** The collectors of a deployment, what each is configured to do, and which are agents and gateways. */
import { parse } from "yaml";
import { UsageError } from "../model/errors.js";
import { configFiles, configSource, mergeConfigs, nameOf, ofKind } from "../oracle/manifests.js";
import { at, isMapping, listOf, mappingOf, textOf, type Mapping } from "../oracle/untyped.js";
import { podSpecOf, sharesNamespace, titleOf, workloadsOf } from "./objects.js";
import type { Places } from "./places.js";
import { documentsOf, type SourceDocument, type SourceFile } from "./source-documents.js";

/** One text that a --config flag names. */
export interface ConfigPart {
  readonly text: string;
  readonly documents: readonly SourceDocument[];
}

export interface Collector {
  readonly object: Mapping;
  /** `Deployment/otel-gateway`. */
  readonly title: string;
  readonly podSpec: Mapping;
  readonly container: Mapping;
  readonly image: string;
  /** The --config texts in order; null when one of them is nowhere to be found. */
  readonly parts: readonly ConfigPart[] | null;
  /** The parts merged; empty when they are not known. */
  readonly config: Mapping;
  /** The file that was read in place of a ConfigMap that nobody makes. */
  readonly assumed: string | null;
}

interface Surroundings {
  readonly objects: readonly Mapping[];
  readonly places: Places;
  /** Files that lie beside the manifests and are not part of the rendering. */
  readonly beside: readonly SourceFile[];
}

const COLLECTOR_IMAGE = /opentelemetry-collector|otel-collector|otelcol/;

export function collectorsOf(around: Surroundings): Collector[] {
  return workloadsOf(around.objects).flatMap((object) => {
    const podSpec = podSpecOf(object);
    return listOf(podSpec["containers"]).flatMap((value) => {
      const container = mappingOf(value);
      const image = textOf(container["image"]);
      const locations = configFiles(container);
      if (locations.length === 0) return [];
      const read = locations.map((one) => readPart(one, container, object, around));
      const parts = read.flatMap((one) => (one === undefined ? [] : [one.part]));
      const merged = parts.reduce<Mapping>((sum, { text }) => mergeConfigs(sum, parsed(text)), {});
      const config = mappingOf(expanded(merged, container));
      if (!COLLECTOR_IMAGE.test(image) && !isMapping(at(config, "service", "pipelines"))) return [];
      const complete = parts.length === locations.length;
      const collector: Collector = {
        ...{ object, title: titleOf(object), podSpec, container, image },
        parts: complete ? parts : null,
        config: complete ? config : {},
        assumed: read.find((one) => one?.assumed !== null)?.assumed ?? null,
      };
      return [collector];
    });
  });
}

/** Variables whose value the manifests give are put in; the others stay as they are written. */
function expanded(value: unknown, container: Mapping): unknown {
  if (typeof value === "string") {
    return value.replace(/\$\{(?:env:)?(\w+)\}/g, (whole, name: string) => {
      const one = listOf(container["env"]).find((candidate) => at(candidate, "name") === name);
      return textOf(at(one, "value")) || whole;
    });
  }
  if (Array.isArray(value)) return value.map((one) => expanded(one, container));
  if (!isMapping(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => [key, expanded(one, container)]),
  );
}

const parsed = (text: string): Mapping => mappingOf(parse(text));

function readPart(
  location: string,
  container: Mapping,
  object: Mapping,
  { objects, places, beside }: Surroundings,
): { part: ConfigPart; assumed: string | null } | undefined {
  const partOf = (text: string, file: string, linesBefore: number): ConfigPart => ({
    text,
    documents: documentsOf({ file, text }, linesBefore),
  });
  const source = configSource(location, container, podSpecOf(object));
  if (source.kind === "inline") {
    const path = ["spec", "template", "spec", "containers", textOf(container["name"]), "args"];
    const { file, line } = places.of(object, path);
    return { part: partOf(source.text, file, line - 1), assumed: null };
  }
  for (const { configMap, key } of source.keys) {
    const found = ofKind(objects, "ConfigMap").find(
      (one) => nameOf(one) === configMap && sharesNamespace(one, object),
    );
    const text = at(found, "data", key);
    if (found !== undefined && typeof text === "string") {
      const { file, linesBefore } = places.ofText(found, key);
      return { part: partOf(text, file, linesBefore), assumed: null };
    }
    const file = found === undefined ? fileFor(configMap, beside) : undefined;
    if (file !== undefined) {
      return { part: partOf(file.text, file.file, 0), assumed: file.file };
    }
  }
  return undefined;
}

/** `agent-config.yaml` beside the manifests is what a ConfigMap `otel-agent-config` was meant to hold. */
function fileFor(configMap: string, beside: readonly SourceFile[]): SourceFile | undefined {
  return beside.find(({ file, text }) => {
    const stem = (file.split("/").at(-1) ?? "").replace(/\.ya?ml$/, "");
    return (configMap.endsWith(stem) || stem.endsWith(configMap)) && looksLikeConfig(text);
  });
}

function looksLikeConfig(text: string): boolean {
  try {
    return isMapping(at(parsed(text), "service", "pipelines"));
  } catch {
    return false;
  }
}

export interface Tiers {
  readonly agent: Collector;
  readonly gateway: Collector;
}

/**
 * The collector with the loadbalancing exporter, and the one behind it. A collector whose configuration nobody has
 * is taken for an agent when it is a DaemonSet and no other is one. UsageError, named after `source`, when there
 * is not one tier of each.
 */
export function tiersOf(
  collectors: readonly Collector[],
  objects: readonly Mapping[],
  source: string,
): Tiers {
  const balancing = collectors.filter(balances);
  const unread = collectors.filter(
    ({ parts, object }) => parts === null && object["kind"] === "DaemonSet",
  );
  const agents = balancing.length > 0 ? balancing : unread;
  const [agent, second] = agents;
  if (collectors.length === 0) throw new UsageError(`${source}: ${noCollector(objects)}`);
  if (agent === undefined) {
    throw new UsageError(
      `${source}: no agents: no pipeline of ${titles(collectors)} has a loadbalancing exporter; ` +
        "give both tiers together",
    );
  }
  if (second !== undefined) {
    throw new UsageError(
      `${source}: two agent tiers, ${titles(agents)}: each has a loadbalancing exporter; ` +
        "give a deployment with one of them",
    );
  }
  const others = collectors.filter((one) => one !== agent);
  const gateway = others.find(samples) ?? others[0];
  if (gateway === undefined) {
    throw new UsageError(
      `${source}: no gateways: ${agent.title} is the only collector; give both tiers together`,
    );
  }
  return { agent, gateway };
}

/** Whether a pipeline of it ends in a loadbalancing exporter. */
const balances = ({ config }: Collector): boolean =>
  Object.values(mappingOf(at(config, "service", "pipelines"))).some((pipeline) =>
    listOf(at(pipeline, "exporters")).some((id) => /^load_?balancing(\/|$)/.test(textOf(id))),
  );

const samples = ({ config }: Collector): boolean =>
  Object.keys(mappingOf(config["processors"])).some((id) => id.split("/")[0] === "tail_sampling");

const titles = (collectors: readonly Collector[]): string =>
  collectors.map(({ title }) => title).join(" and ");

function noCollector(objects: readonly Mapping[]): string {
  if (ofKind(objects, "OpenTelemetryCollector").length > 0) {
    return (
      "its collectors are left to the operator; give the DaemonSet and Deployment that " +
      "it makes"
    );
  }
  return (
    "no deployment: no DaemonSet, Deployment or StatefulSet in it runs a collector " +
    "with --config"
  );
}
