/** Asks each collector's own program whether it takes its configuration, again without what it refused so far. */
import { stringify } from "yaml";
import { at, isMapping, listOf, mappingOf, textOf, type Mapping } from "../oracle/untyped.js";
import { finding, type CheckedDeployment } from "./checked-deployment.js";
import type { Collector } from "./collectors.js";
import type { Finding } from "./finding.js";
import { lacks } from "./rules/collector-image.js";
import { settingOfAnotherRelease } from "./rules/setting-releases.js";
import { problemsIn, type Problem } from "./parse-validation.js";
import type { Step } from "./source-documents.js";

/** One call of `validate`. */
export interface Validation {
  readonly image: string;
  /** The --config texts in order. */
  readonly texts: readonly string[];
  /** Other arguments that change what is valid. */
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** Directories of storages, which must exist; whether the pod mounts them is a rule's matter. */
  readonly directories: readonly string[];
}

export type Answer =
  | { readonly kind: "accepted" }
  | {
      readonly kind: "refused";
      readonly output: string;
      /** The image is known to have only a part of its distribution's components. */
      readonly partial: boolean;
    }
  /** It could not be asked; `why` is a clause. */
  | { readonly kind: "unavailable"; readonly why: string };

export type Validator = (validation: Validation) => Promise<Answer>;

/** What came of a collector's own validation. */
export interface Validated {
  readonly collector: string;
  readonly image: string;
  /** Null when it ran; else why it did not. */
  readonly notRun: string | null;
  readonly findings: readonly Finding[];
}

/** A collector names the first mistake of each section only. */
const MOST_ROUNDS = 8;

export async function validateCollector(
  collector: Collector,
  deployment: CheckedDeployment,
  validator: Validator,
): Promise<Validated> {
  const about = { collector: collector.title, image: collector.image };
  if (collector.parts === null) {
    return { ...about, notRun: "its configuration is not in the deployment", findings: [] };
  }
  const findings: Finding[] = [];
  let texts = collector.parts.map(({ text }) => text);
  let config: Mapping = collector.config;
  const repaired: Problem[] = [];
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const answer = await validator({ ...fixedPart(collector), texts });
    if (answer.kind === "unavailable") return { ...about, notRun: answer.why, findings };
    if (answer.kind === "accepted") break;
    const problems = problemsIn(answer.output).filter((one) => !isOfRepair(one, repaired));
    findings.push(
      ...problems.flatMap((one) => describe(one, collector, deployment, answer.partial)),
    );
    if (problems.length === 0 || problems.some(({ kind }) => kind === "meaning")) break;
    repaired.push(...problems);
    const without = problems.reduce<Mapping>(leaveOut, config);
    if (JSON.stringify(without) === JSON.stringify(config)) break;
    config = without;
    texts = [stringify(config)];
  }
  return { ...about, notRun: null, findings };
}

function fixedPart({ image, container, config }: Collector): Omit<Validation, "texts"> {
  const words = [...listOf(container["command"]), ...listOf(container["args"])].map(textOf);
  const storages = Object.values(mappingOf(config["extensions"]));
  return {
    image,
    args: words.filter((word) => /^--?(feature-gates|set)=/.test(word)),
    environment: environmentOf(container),
    directories: storages.map((one) => textOf(at(one, "directory"))).filter(Boolean),
  };
}

/** Values that only the cluster knows are stood in for, so that what refers to them can be read. */
function environmentOf(container: Mapping): Record<string, string> {
  const environment: Record<string, string> = {};
  for (const one of listOf(container["env"])) {
    const name = textOf(at(one, "name"));
    const field = textOf(at(one, "valueFrom", "fieldRef", "fieldPath"));
    const placeholder = /IP$/.test(field) ? "127.0.0.1" : "placeholder";
    if (name !== "") environment[name] = textOf(at(one, "value")) || placeholder;
  }
  return environment;
}

/** What only follows from leaving out what was refused before. */
const isOfRepair = (problem: Problem, repaired: readonly Problem[]): boolean =>
  problem.kind === "meaning" &&
  repaired.length > 0 &&
  (problem.path[0] === "service" ||
    repaired.some(({ path }) => path[0] === problem.path[0] && path[1] === problem.path[1]));

/** The configuration without what was refused. */
function leaveOut(config: Mapping, problem: Problem): Mapping {
  switch (problem.kind) {
    case "keys":
      return problem.keys.reduce((sum, key) => without(sum, [...problem.path, key]), config);
    case "value":
      return problem.path.length < 3 ? config : without(config, problem.path);
    case "type":
      return withoutComponent(config, problem.path);
    case "meaning":
      return config;
  }
}

function without<T>(value: T, path: readonly Step[]): T {
  const [step, ...rest] = path;
  if (step === undefined) return value;
  if (Array.isArray(value)) {
    const list = value as readonly unknown[];
    return list.flatMap((one, index) => {
      if (index !== step) return [one];
      return rest.length === 0 ? [] : [without(one, rest)];
    }) as T;
  }
  if (!isMapping(value)) return value;
  const entries = Object.entries(value).flatMap(([key, one]) => {
    if (key !== String(step)) return [[key, one]];
    return rest.length === 0 ? [] : [[key, without(one, rest)]];
  });
  return Object.fromEntries(entries) as T;
}

/** Its pipelines lose it as well, and one that loses its last receiver or exporter goes. */
function withoutComponent(config: Mapping, path: readonly Step[]): Mapping {
  const [, id] = path;
  const service = mappingOf(config["service"]);
  const kept = Object.entries(mappingOf(service["pipelines"])).flatMap(([name, pipeline]) => {
    const lists = Object.entries(mappingOf(pipeline)).map(([role, ids]) => [
      role,
      listOf(ids).filter((one) => one !== id),
    ]);
    const left = Object.fromEntries(lists) as Record<string, unknown[]>;
    const works = left["receivers"]?.length !== 0 && left["exporters"]?.length !== 0;
    return works ? [[name, left]] : [];
  });
  const extensions = listOf(service["extensions"]).filter((one) => one !== id);
  return {
    ...without(config, path),
    service: { ...service, extensions, pipelines: Object.fromEntries(kept) as Mapping },
  };
}

/** Types that earlier releases of contrib had; no image has them any more. */
const REMOVED: readonly string[] = ["processors spanmetrics"];
/** What only contrib has, and this pattern is made of. */
const OF_CONTRIB: readonly string[] = ["tail_sampling", "loadbalancing", "load_balancing"];

/** What the table of releases knows of a problem is told in its words, and the rest in the collector's. */
function describe(
  problem: Problem,
  collector: Collector,
  deployment: CheckedDeployment,
  partial: boolean,
): Finding[] {
  const said = (path: readonly Step[]): Finding | undefined =>
    settingOfAnotherRelease(collector, deployment, path);
  if (problem.kind === "type" || problem.kind === "value") {
    return [said(problem.path) ?? asTold(problem, collector, deployment, partial)];
  }
  if (problem.kind !== "keys") return [asTold(problem, collector, deployment, partial)];
  const known = problem.keys.flatMap((key) => said([...problem.path, key]) ?? []);
  const keys = problem.keys.filter((key) => said([...problem.path, key]) === undefined);
  return keys.length === 0
    ? known
    : [...known, asTold({ ...problem, keys }, collector, deployment, partial)];
}

function asTold(
  problem: Problem,
  collector: Collector,
  { configPlace, containerPlace }: CheckedDeployment,
  partial: boolean,
): Finding {
  const { title, image } = collector;
  const refuses = `The collector of ${title} does not start`;
  const name = problem.path.join(".");
  switch (problem.kind) {
    case "keys": {
      const keys = problem.keys.join(", ");
      const owner = name === "" ? "the configuration" : name;
      return finding(
        "fatal",
        "collector-refuses",
        configPlace(collector, ...problem.path, problem.keys[0] ?? ""),
        `${refuses}: ${owner} has no setting ${keys} in ${image}.`,
        `Remove ${keys}, or correct the name.`,
      );
    }
    case "type": {
      const role = String(problem.path[0]).replace(/s$/, "");
      if (OF_CONTRIB.includes(problem.type)) {
        return lacks(title, image, role, problem.type, containerPlace(collector, "image"));
      }
      const unsure = partial && !REMOVED.includes(`${String(problem.path[0])} ${problem.type}`);
      return finding(
        unsure ? "warning" : "fatal",
        "collector-refuses",
        configPlace(collector, ...problem.path),
        unsure
          ? `${image} was built on this host with a part of its components, without ` +
              `the ${role} ${problem.type}, so whether the published image takes it was ` +
              "not checked."
          : `${refuses}: there is no ${role} of type ${problem.type} in ${image}.`,
        unsure
          ? "Give --collector-image with the image that the cluster runs."
          : `Remove ${name} and its uses; there are ${problem.valid.join(", ")}.`,
      );
    }
    case "value":
    case "meaning":
      return finding(
        "fatal",
        "collector-refuses",
        configPlace(collector, ...problem.path),
        `${refuses}: ${name === "" ? "" : `${name}: `}${problem.says}.`,
        "Correct it; the sentence is the collector's own.",
      );
  }
}
