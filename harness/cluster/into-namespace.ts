/**
 * Moves a rendered deployment into another namespace, the names in collectors' configurations included; for a
 * borrowed cluster, where a run has one namespace and nothing outside it.
 */
import { stringify } from "yaml";
import { UsageError } from "../model/errors.js";
import { AUDIT, BACKENDS } from "../model/signal.js";
import { nameOf, parseManifests, type Manifest } from "./manifests.js";
import { MADE_KINDS, resourceOf } from "./permissions.js";

/**
 * The YAML in `namespace`, without its Namespace object, which is made or lent apart from it. UsageError, naming the
 * object, for one that lies outside any namespace or is of a kind that a borrowed cluster does not get, for objects of
 * several namespaces, and for a name of the old namespace that nothing in the new one would answer to.
 */
export function intoNamespace(renderedYaml: string, namespace: string): string {
  const manifests = parseManifests(renderedYaml, "rendered deployment").filter(
    ({ kind }) => kind !== "Namespace",
  );
  manifests.forEach(demandMadeKind);
  const homes = [...new Set(manifests.flatMap(({ metadata }) => metadata.namespace ?? []))];
  const [home = namespace, ...others] = homes;
  if (others.length > 0) {
    throw new UsageError(
      `rendered deployment: its objects are in several namespaces (${homes.join(", ")}), ` +
        "and a borrowed cluster lends one",
    );
  }
  const names = [
    ...manifests.filter(({ kind }) => kind === "Service").map(({ metadata }) => metadata.name),
    ...BACKENDS,
    AUDIT,
  ];
  const rename = renamer(names, home, namespace);
  return manifests
    .map((manifest) => {
      const moved = mapTexts(manifest, rename(nameOf(manifest))) as Manifest;
      const metadata = { ...moved.metadata, namespace };
      return stringify({ ...moved, metadata }, { lineWidth: 0 });
    })
    .join("---\n");
}

function demandMadeKind(manifest: Manifest): void {
  if (resourceOf(manifest.kind) !== undefined) return;
  throw new UsageError(
    `rendered deployment: ${nameOf(manifest)} is nothing that a run makes on a borrowed cluster, where it has ` +
      `one namespace and these kinds: ${Object.keys(MADE_KINDS).join(", ")}; ` +
      "apply it yourself and leave it out of the deployment",
  );
}

/**
 * Renames `SERVICE.HOME` in texts, whatever follows (`.svc`, `.svc.cluster.local`, a port), for the Services that come
 * along and the observers. What else is named in the old namespace would be somebody's.
 */
const renamer =
  (services: readonly string[], home: string, namespace: string) =>
  (where: string) =>
  (text: string): string => {
    if (home === namespace) return text;
    const known = new RegExp(
      `(?<![\\w-])(${services.map(escaped).join("|")})\\.${escaped(home)}(?![\\w-])`,
      "g",
    );
    const renamed = text.replace(known, `$1.${namespace}`);
    const [left] = new RegExp(`[\\w.-]+\\.${escaped(home)}\\.svc(?![\\w-])`).exec(renamed) ?? [];
    if (left === undefined) return renamed;
    throw new UsageError(
      `rendered deployment: ${where} names ${left}, which is no Service of the deployment and no observer, so it ` +
        `cannot be moved to namespace ${namespace}; use --namespace ${home}, or take the name out`,
    );
  };

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

/** The value with every text in it changed; keys stay. */
function mapTexts(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === "string") return change(value);
  if (Array.isArray(value)) return value.map((element) => mapTexts(element, change));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, child]) => [key, mapTexts(child, change)]),
  );
}
