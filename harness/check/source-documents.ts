/** YAML texts with the line of every value, so that a defect can be shown where somebody wrote it. */
import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  parseAllDocuments,
  type Document,
} from "yaml";
import { UsageError } from "../model/errors.js";
import { isMapping, textOf } from "../oracle/untyped.js";

export interface SourceFile {
  readonly file: string;
  readonly text: string;
}

/** A key, an index of a list, or the `name` of an element of a list. */
export type Step = string | number;

export interface Reached {
  /** How many steps of the path exist. */
  readonly depth: number;
  /** Where the last of them stands. */
  readonly line: number;
  /** What stands there. */
  readonly value: unknown;
}

export interface SourceDocument {
  readonly file: string;
  readonly value: unknown;
  readonly reach: (path: readonly Step[]) => Reached;
  /** The line before the first one of the block text at a path: what an embedded file's lines count from. */
  readonly linesBefore: (path: readonly Step[]) => number;
}

/**
 * The documents of a file. `linesBefore` counts the lines of an outer file before an embedded one. UsageError with
 * file and line when it is not YAML.
 */
export function documentsOf({ file, text }: SourceFile, linesBefore = 0): SourceDocument[] {
  const lines = new LineCounter();
  const documents = parseAllDocuments(text, { lineCounter: lines });
  return [...documents].flatMap((document) => {
    const [error] = document.errors;
    if (error !== undefined) {
      const line = linesBefore + lines.linePos(error.pos[0]).line;
      const what = error.message.split(/ at line \d+|\n/)[0] ?? "";
      throw new UsageError(`${file}:${String(line)}: ${what.replace(/\.$/, "")}`);
    }
    if (document.contents === null) return [];
    return [sourceDocument(file, document, lines, linesBefore)];
  });
}

function sourceDocument(
  file: string,
  document: Document,
  lines: LineCounter,
  before: number,
): SourceDocument {
  const lineAt = (node: unknown): number => {
    const range = (node as { range?: readonly number[] | null } | null)?.range;
    return before + lines.linePos(range?.[0] ?? 0).line;
  };
  const walk = (path: readonly Step[]): { depth: number; line: number; node: unknown } => {
    let node: unknown = document.contents;
    let line = lineAt(node);
    for (const [depth, step] of path.entries()) {
      const found = childOf(isAlias(node) ? node.resolve(document) : node, step);
      if (found === undefined) return { depth, line, node };
      line = lineAt(found.at);
      node = found.node;
    }
    return { depth: path.length, line, node };
  };
  return {
    file,
    value: document.toJS() as unknown,
    reach: (path) => {
      const { depth, line, node } = walk(path);
      const hasValue = typeof (node as { toJS?: unknown } | null)?.toJS === "function";
      const value: unknown = hasValue
        ? (node as { toJS: (document: Document) => unknown }).toJS(document)
        : node;
      return { depth, line, value };
    },
    linesBefore: (path) => {
      const { node, line } = walk(path);
      const isBlock = isScalar(node) && (node.type ?? "").startsWith("BLOCK");
      return isBlock ? lineAt(node) : line - 1;
    },
  };
}

/** The value one step further, and what shows its line: its key, or the element itself. */
function childOf(node: unknown, step: Step): { node: unknown; at: unknown } | undefined {
  if (isMap(node)) {
    const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === String(step));
    return pair === undefined ? undefined : { node: pair.value, at: pair.key };
  }
  if (!isSeq(node)) return undefined;
  const item =
    typeof step === "number"
      ? node.items[step]
      : node.items.find((one) => isMap(one) && one.get("name") === step);
  return item === undefined || item === null ? undefined : { node: item, at: item };
}

/** The value under a path as `reach` understands it; undefined where a step is missing. */
export function valueAt(value: unknown, path: readonly Step[]): unknown {
  let current = value;
  for (const step of path) {
    if (Array.isArray(current)) {
      const list = current as readonly unknown[];
      current =
        typeof step === "number"
          ? list[step]
          : list.find((one) => isMapping(one) && textOf(one["name"]) === step);
    } else {
      current = isMapping(current) ? current[String(step)] : undefined;
    }
  }
  return current;
}
