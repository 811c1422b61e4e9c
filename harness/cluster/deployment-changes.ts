/** What one rendered deployment sets differently from another, as lines for a report. */
import { parse } from "yaml";
import { nameOf, parseManifests } from "./manifests.js";

/**
 * Lines such as `Deployment otel-gateway: spec.replicas 3 -> 5`, in the order of the first
 * rendering.
 */
export function deploymentChanges(beforeYaml: string, afterYaml: string): string[] {
  const before = settingsByPath(beforeYaml);
  const after = settingsByPath(afterYaml);
  const changes: string[] = [];
  for (const path of new Set([...before.keys(), ...after.keys()])) {
    const [old, now] = [before.get(path) ?? "absent", after.get(path) ?? "absent"];
    if (old !== now) changes.push(`${path} ${old} -> ${now}`);
  }
  return changes;
}

/**
 * Every scalar of every object by its path; elements of a list go by their name where they have
 * one, and a YAML file in a ConfigMap by what it holds.
 */
export function settingsByPath(yaml: string): Map<string, string> {
  const leaves = new Map<string, string>();
  const walk = (path: string, value: unknown): void => {
    if (Array.isArray(value)) {
      value.forEach((element: unknown, index) => {
        const name = (element as { name?: unknown } | null)?.name;
        walk(`${path}[${typeof name === "string" ? name : String(index)}]`, element);
      });
    } else if (typeof value === "object" && value !== null) {
      for (const [key, child] of Object.entries(value)) {
        walk(path.endsWith(": ") ? `${path}${key}` : `${path}.${key}`, child);
      }
    } else if (typeof value === "string" && /\.ya?ml$/.test(path)) {
      walk(path, parse(value));
    } else {
      leaves.set(path, String(value));
    }
  };
  for (const manifest of parseManifests(yaml, "rendered deployment")) {
    walk(`${nameOf(manifest)}: `, manifest);
  }
  return leaves;
}
