/** Traces a value of a rendered object back to the file and line that says it. */
import { at, isMapping, listOf, mappingOf, textOf, type Mapping } from "../oracle/untyped.js";
import { nameOf } from "../oracle/manifests.js";
import type { Place } from "./finding.js";
import {
  documentsOf,
  valueAt,
  type SourceDocument,
  type SourceFile,
  type Step,
} from "./source-documents.js";

/** One operation of a JSON patch. */
interface Operation {
  readonly place: Place;
  readonly kind: string;
  readonly name: string;
  /** `["spec", "replicas"]`. */
  readonly path: readonly string[];
}

export interface Sources {
  /** Every file that the rendering read; what has the last word comes first. */
  readonly files: readonly SourceFile[];
  /** The file in which an object begins, where the renderer says it. */
  readonly origins: ReadonlyMap<Mapping, string>;
}

export interface Places {
  readonly of: (object: Mapping, path: readonly Step[]) => Place;
  /** The file whose whole text this is, or the line of the ConfigMap before which the text begins. */
  readonly ofText: (configMap: Mapping, key: string) => { file: string; linesBefore: number };
}

export function placesIn({ files, origins }: Sources): Places {
  const documents = files.flatMap(readable);
  const operations = documents.flatMap(operationsOf);
  const candidates = (object: Mapping): SourceDocument[] =>
    documents.filter((document) => describes(document, object, origins.get(object)));
  return {
    of: (object, path) => placeOf(object, path, candidates(object), operations, origins),
    ofText: (configMap, key) => {
      const text = textOf(at(configMap, "data", key));
      const whole = files.find((file) => file.text.trimEnd() === text.trimEnd());
      if (whole !== undefined) return { file: whole.file, linesBefore: 0 };
      const holder = candidates(configMap).find(({ value }) => at(value, "data", key) === text);
      if (holder !== undefined) {
        return { file: holder.file, linesBefore: holder.linesBefore(["data", key]) };
      }
      const { file, line } = placeOf(configMap, ["data", key], candidates(configMap), [], origins);
      return { file, linesBefore: line - 1 };
    },
  };
}

/**
 * The deepest place that is known. One where the value differs was overruled by another file, so it counts less
 * than one that says it; among equals the one with the last word.
 */
function placeOf(
  object: Mapping,
  path: readonly Step[],
  documents: readonly SourceDocument[],
  operations: readonly Operation[],
  origins: Sources["origins"],
): Place {
  const indexed = withIndexes(object, path);
  const wanted = JSON.stringify(valueAt(object, path));
  let best: { score: number; place: Place } | undefined;
  const consider = (score: number, place: Place): void => {
    if (best === undefined || score > best.score) best = { score, place };
  };
  for (const operation of operations) {
    if (!targets(operation, object) || operation.path.length > indexed.length) continue;
    const fits = operation.path.every(
      (step, index) =>
        step === indexed[index] || (step === "-" && /^\d+$/.test(indexed[index] ?? "")),
    );
    if (fits) consider(operation.path.length, operation.place);
  }
  for (const document of documents) {
    const { depth, line, value } = document.reach(path);
    const overruled =
      depth === path.length && !isContainer(value) && JSON.stringify(value) !== wanted;
    const origin = document.file === origins.get(object) ? 0.2 : 0;
    consider(overruled ? depth - 0.5 : depth + origin, { file: document.file, line });
  }
  return best?.place ?? { file: origins.get(object) ?? "rendered deployment", line: 1 };
}

const isContainer = (value: unknown): boolean => typeof value === "object" && value !== null;

function withIndexes(object: Mapping, path: readonly Step[]): string[] {
  return path.map((step, index) => {
    const holder = valueAt(object, path.slice(0, index));
    if (!Array.isArray(holder) || typeof step === "number") return String(step);
    return String(holder.findIndex((one) => isMapping(one) && textOf(one["name"]) === step));
  });
}

function describes(
  { value, file }: SourceDocument,
  object: Mapping,
  origin: string | undefined,
): boolean {
  if (!isMapping(value) || value["kind"] !== object["kind"]) return false;
  const name = nameOf(value);
  if (name === "") return false;
  // Kustomize may have put a prefix or a suffix on the name.
  return name === nameOf(object) || (file === origin && nameOf(object).includes(name));
}

/** A file that only goes into a ConfigMap need not be YAML; one that is applied has been parsed before. */
function readable(file: SourceFile): SourceDocument[] {
  try {
    return withEmbedded(file);
  } catch {
    return [];
  }
}

/** The file's own documents, and the patches that a kustomization has inside. */
function withEmbedded(file: SourceFile): SourceDocument[] {
  return documentsOf(file).flatMap((document) => {
    const patches = listOf(at(document.value, "patches")).flatMap((patch, index) => {
      const text = at(patch, "patch");
      if (typeof text !== "string") return [];
      const before = document.linesBefore(["patches", index, "patch"]);
      const inner = documentsOf({ file: file.file, text }, before);
      return inner.map((one) => ({ ...one, target: at(patch, "target") }));
    });
    return [...patches, document];
  });
}

/** The operations of a JSON patch inside a kustomization, or of one that a file of its own holds. */
function operationsOf(document: SourceDocument & { target?: unknown }): Operation[] {
  const target = mappingOf(document.target);
  return listOf(document.value).flatMap((value, index) => {
    const path = at(value, "path");
    if (typeof path !== "string") return [];
    const { line } = document.reach([index, "path"]);
    return [
      {
        place: { file: document.file, line },
        kind: textOf(target["kind"]),
        name: textOf(target["name"]),
        path: path.split("/").slice(1).map(unescaped),
      },
    ];
  });
}

/** RFC 6901: `~1` is a slash, `~0` a tilde. */
const unescaped = (step: string): string => step.replaceAll("~1", "/").replaceAll("~0", "~");

const targets = ({ kind, name }: Operation, object: Mapping): boolean =>
  kind === object["kind"] && (name === "" || name === nameOf(object));
