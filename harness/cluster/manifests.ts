/** Multi-document YAML as Kubernetes objects, and the order in which they can be applied. */
import { parseAllDocuments } from "yaml";
import { UsageError } from "../model/errors.js";

/** An object that names itself. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
  };
  readonly [field: string]: unknown;
}

/**
 * Parses rendered YAML. UsageError names `source` and the line or document that is not an object.
 */
export function parseManifests(yaml: string, source: string): Manifest[] {
  const documents = parseAllDocuments(yaml);
  if (!Array.isArray(documents)) return [];
  return documents
    .filter((document) => document.errors.length > 0 || document.toJS() !== null)
    .map((document, index) => {
      const [error] = document.errors;
      if (error !== undefined) throw new UsageError(`${source}: ${error.message}`);
      const object: unknown = document.toJS();
      if (!isManifest(object)) {
        throw new UsageError(
          `${source}: document ${String(index + 1)} is not a Kubernetes object; ` +
            "it needs apiVersion, kind and metadata.name",
        );
      }
      return object;
    });
}

function isManifest(value: unknown): value is Manifest {
  const { apiVersion, kind, metadata } = (value ?? {}) as Record<string, unknown>;
  const name = (metadata as { name?: unknown } | null | undefined)?.name;
  return typeof apiVersion === "string" && typeof kind === "string" && typeof name === "string";
}

/** `Deployment otel-gateway`. */
export const nameOf = ({ kind, metadata }: Manifest): string => `${kind} ${metadata.name}`;

/** What others need comes first; gateways before agents, which resolve them at start. */
const ORDER = [
  ["Namespace"],
  ["ServiceAccount", "ClusterRole", "Role", "ConfigMap", "Secret"],
  ["ClusterRoleBinding", "RoleBinding", "Service"],
  ["Deployment", "StatefulSet", "Pod", "Job"],
  ["DaemonSet"],
];

/** Sorts by dependency, keeping the given order among equals; unknown kinds come last. */
export function inApplyOrder(manifests: readonly Manifest[]): Manifest[] {
  const rank = ({ kind }: Manifest): number => {
    const found = ORDER.findIndex((kinds) => kinds.includes(kind));
    return found === -1 ? ORDER.length : found;
  };
  return [...manifests].sort((a, b) => rank(a) - rank(b));
}
