/**
 * What a collector's `validate` objects to, as places in the configuration. Formats as releases 0.96.0, 0.115.0 and
 * 0.161.0 print them; a line in another format is kept whole, so nothing that was objected to is left out.
 */
import type { Step } from "./source-documents.js";

export type Problem =
  | { readonly kind: "keys"; readonly path: readonly Step[]; readonly keys: readonly string[] }
  | {
      readonly kind: "type";
      readonly path: readonly Step[];
      readonly type: string;
      /** The types that the collector has. */
      readonly valid: readonly string[];
    }
  /** A value that cannot be read as what it should be. */
  | { readonly kind: "value"; readonly path: readonly Step[]; readonly says: string }
  /** The configuration was read, and makes no sense. */
  | { readonly kind: "meaning"; readonly path: readonly Step[]; readonly says: string };

const SECTIONS = ["receivers", "processors", "exporters", "connectors", "extensions"];

export function problemsIn(output: string): Problem[] {
  // The same text follows once more as a line of the log.
  const [told = ""] = output.split(/^.*collector (server run finished|stopped) with (an )?error/m);
  const problems: Problem[] = [];
  let holder: readonly Step[] = [];
  for (const line of told.split("\n").map((text) => text.trim())) {
    const text = line.replace(/^(\* |Error: )/, "");
    if (text === "" || /cannot unmarshal the configuration: (\d+ error|decoding)/.test(text)) {
      continue;
    }
    const nested = nestedIn(text, holder);
    if (nested !== undefined) {
      if ("holder" in nested) holder = nested.holder;
      else problems.push(nested.problem);
      continue;
    }
    const [, section = "", rest = ""] = /^error decoding '([^']+)': (.*)$/.exec(text) ?? [];
    if (SECTIONS.includes(section)) {
      const [, id, says] = /^error reading configuration for "([^"]+)": (.*)$/.exec(rest) ?? [];
      holder = id === undefined ? [section] : [section, id];
      const leads = /^(\d+ error|decoding failed due to)/.test(says ?? "");
      const problem = leads ? undefined : ofComponent(holder, says ?? rest);
      if (problem !== undefined) problems.push(problem);
    } else {
      problems.push(ofLine(text, holder));
    }
  }
  return problems;
}

/**
 * A line as 0.161.0 nests them: one that only says where those after it are, or one whose quoted word is a place in the
 * section, or the name of a Go type before keys that are not known.
 */
function nestedIn(
  text: string,
  holder: readonly Step[],
): { readonly holder: readonly Step[] } | { readonly problem: Problem } | undefined {
  const [, where = "", id, leads, says = ""] =
    /^'([^']*)'(?: error reading configuration for "([^"]+)":)? (?:(decoding failed due to .*:)|(.*))$/.exec(
      text,
    ) ?? [];
  const [top = ""] = where.split(".");
  const isTop = SECTIONS.includes(top) || top === "service";
  if (leads !== undefined) {
    const path = id === undefined ? steps(where) : [where, id];
    return { holder: isTop ? path : [...holder, ...path] };
  }
  if (SECTIONS.includes(where) && says.startsWith("unknown type")) {
    return { problem: ofComponent([where], says) };
  }
  const [, keys] = /^has invalid keys: (.*)$/.exec(says) ?? [];
  if (keys !== undefined && /^\w+\.[A-Z]\w*$/.test(where)) {
    return { problem: { kind: "keys", path: holder, keys: keys.split(", ") } };
  }
  return undefined;
}

function ofComponent(holder: readonly Step[], says: string): Problem {
  const [, type, id = "", valid = ""] =
    /unknown type: "([^"]+)" for id: "([^"]+)" \(valid values: \[([^\]]*)\]/.exec(says) ?? [];
  if (type === undefined) return { kind: "value", path: holder, says };
  return {
    ...{ kind: "type", path: [...holder, id], type },
    valid: valid.split(" ").filter(Boolean).sort(),
  };
}

function ofLine(text: string, holder: readonly Step[]): Problem {
  const [, prefix, keys] = /^'([^']*)' has invalid keys: (.*)$/.exec(text) ?? [];
  if (prefix !== undefined && keys !== undefined) {
    return { kind: "keys", path: [...holder, ...steps(prefix)], keys: keys.split(", ") };
  }
  const [, chain, meaning] =
    /^(?:invalid configuration: )?((?:[^\s:]+::)+[^\s:]+): (.*)$/.exec(text) ?? [];
  if (chain !== undefined && meaning !== undefined) {
    return { kind: "meaning", path: chain.split("::"), says: meaning };
  }
  const [, at] = /'([^']+)'/.exec(text) ?? [];
  return { kind: "value", path: [...holder, ...steps(at ?? "")], says: text };
}

/** `policies[2].latency` -> policies, 2, latency. */
const steps = (dotted: string): Step[] =>
  dotted
    .split(/[.[\]]+/)
    .filter(Boolean)
    .map((step) => (/^\d+$/.test(step) ? Number(step) : step));
