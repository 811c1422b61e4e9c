/**
 * Everything that a pod needs before it starts is made by the deployment: its namespace, its service account, its
 * ConfigMaps with their keys, its volume claims. What `existing` names is there already; a Secret may come from
 * elsewhere, so its absence is a warning.
 */
import { configFiles, configSource, nameOf } from "../../oracle/manifests.js";
import { at, listOf, mappingOf, textOf, type Mapping } from "../../oracle/untyped.js";
import { finding, type Check, type CheckedDeployment } from "../checked-deployment.js";
import type { Finding, Severity } from "../finding.js";
import {
  isInNamespace,
  namespaceOf,
  POD_SPEC,
  podSpecOf,
  titleOf,
  workloadsOf,
} from "../objects.js";
import type { Step } from "../source-documents.js";

export const missingObjects: Check = (deployment) => [
  ...missingNamespaces(deployment),
  ...workloadsOf(deployment.objects).flatMap((workload) => missingOf(workload, deployment)),
  ...deployment.collectors.flatMap((collector) => missingKeys(collector.object, deployment)),
];

/** Namespaces that every cluster has. */
const BUILT_IN = ["default", "kube-system", "kube-public", "kube-node-lease"];

function missingNamespaces(deployment: CheckedDeployment): Finding[] {
  const namespaces = new Set(deployment.objects.map(namespaceOf));
  return [...namespaces].flatMap((name) => {
    if (BUILT_IN.includes(name) || hasObject(deployment, "Namespace", name, "")) return [];
    const inside = deployment.objects.filter((object) => namespaceOf(object) === name);
    const [first] = inside;
    if (first === undefined) return [];
    return [
      finding(
        "fatal",
        "missing-namespace",
        deployment.place(first, "metadata", "namespace"),
        `Nothing creates the namespace ${name}, so the API refuses the ` +
          `${String(inside.length)} objects in it.`,
        `Add a Namespace ${name}, or say --existing Namespace/${name} when the cluster has it.`,
      ),
    ];
  });
}

interface Reference {
  readonly kind: "ServiceAccount" | "ConfigMap" | "Secret" | "PersistentVolumeClaim";
  readonly name: string;
  readonly path: readonly Step[];
  readonly optional: boolean;
}

/** What becomes of a pod without it. */
const WITHOUT: Readonly<Record<Reference["kind"], readonly [severity: Severity, so: string]>> = {
  ServiceAccount: ["fatal", "so the API creates none of its pods"],
  ConfigMap: ["fatal", "so its containers never start"],
  PersistentVolumeClaim: ["fatal", "so its pods are never scheduled"],
  Secret: ["warning", "so its containers do not start unless something else makes it"],
};

function missingOf(workload: Mapping, deployment: CheckedDeployment): Finding[] {
  const namespace = textOf(at(workload, "metadata", "namespace"));
  const where = namespace === "" ? "" : ` in the namespace ${namespace}`;
  const told = new Set<string>();
  return referencesOf(workload).flatMap(({ kind, name, path, optional }) => {
    if (optional || name === "" || hasObject(deployment, kind, name, namespace)) return [];
    if (told.has(`${kind}/${name}`)) return [];
    told.add(`${kind}/${name}`);
    const [severity, so] = WITHOUT[kind];
    return [
      finding(
        severity,
        `missing-${kind.replace(/(?!^)[A-Z]/g, "-$&").toLowerCase()}`,
        deployment.place(workload, ...POD_SPEC, ...path),
        `${titleOf(workload)} needs the ${kind} ${name}, which nothing creates${where}, ${so}.`,
        assumedFor(kind, workload, deployment) ??
          `Add it, or say --existing ${kind}/${name} when the cluster has it.`,
      ),
    ];
  });
}

/** Where a file beside the manifests is what the ConfigMap was to hold. */
function assumedFor(
  kind: Reference["kind"],
  workload: Mapping,
  { collectors }: CheckedDeployment,
): string | undefined {
  const assumed = collectors.find(({ object }) => object === workload)?.assumed ?? null;
  return kind === "ConfigMap" && assumed !== null ? `Make it from ${assumed}.` : undefined;
}

function referencesOf(workload: Mapping): Reference[] {
  const spec = podSpecOf(workload);
  const account =
    spec["serviceAccountName"] === undefined ? "serviceAccount" : "serviceAccountName";
  const accountName = textOf(spec[account]);
  return [
    ...(accountName === "default"
      ? []
      : [reference("ServiceAccount", accountName, [account], undefined)]),
    ...listOf(spec["volumes"]).flatMap((volume, index) => volumeReferences(volume, index)),
    ...["initContainers", "containers"].flatMap((list) =>
      listOf(spec[list]).flatMap((container, index) =>
        environmentReferences(container, [list, index]),
      ),
    ),
  ];
}

const reference = (
  kind: Reference["kind"],
  name: unknown,
  path: readonly Step[],
  optional: unknown,
): Reference => ({ kind, name: textOf(name), path, optional: optional === true });

function volumeReferences(volume: unknown, index: number): Reference[] {
  const own = (kind: Reference["kind"], holder: string, key: string): Reference =>
    reference(
      kind,
      at(volume, holder, key),
      ["volumes", textOf(at(volume, "name")) || index, holder, key],
      at(volume, holder, "optional"),
    );
  return [
    own("ConfigMap", "configMap", "name"),
    own("Secret", "secret", "secretName"),
    own("PersistentVolumeClaim", "persistentVolumeClaim", "claimName"),
  ];
}

function environmentReferences(container: unknown, path: readonly Step[]): Reference[] {
  const of = (holder: unknown, under: readonly Step[], suffix: string): Reference[] =>
    (["ConfigMap", "Secret"] as const).map((kind) => {
      const key = `${kind.charAt(0).toLowerCase()}${kind.slice(1)}${suffix}`;
      const one = at(holder, key);
      return reference(
        kind,
        at(one, "name"),
        [...path, ...under, key, "name"],
        at(one, "optional"),
      );
    });
  return [
    ...listOf(at(container, "envFrom")).flatMap((one, index) => of(one, ["envFrom", index], "Ref")),
    ...listOf(at(container, "env")).flatMap((one, index) =>
      of(at(one, "valueFrom"), ["env", index, "valueFrom"], "KeyRef"),
    ),
  ];
}

/** A ConfigMap that is there but lacks the file that the collector is told to read. */
function missingKeys(workload: Mapping, deployment: CheckedDeployment): Finding[] {
  const namespace = textOf(at(workload, "metadata", "namespace"));
  const spec = podSpecOf(workload);
  return listOf(spec["containers"]).flatMap((value) => {
    const container = mappingOf(value);
    return configFiles(container).flatMap((location) => {
      const source = configSource(location, container, spec);
      if (source.kind === "inline") return [];
      const held = source.keys.flatMap(({ configMap, key }) => {
        const found = objectOf(deployment, "ConfigMap", configMap, namespace);
        return [{ configMap, key, found, has: at(found, "data", key) !== undefined }];
      });
      const [first] = held;
      // One that is missing as a whole has its own finding.
      if (held.some(({ found, has }) => has || found === undefined)) return [];
      if (first === undefined && isMounted(location, container)) return [];
      const name = textOf(container["name"]);
      return [
        finding(
          "fatal",
          "missing-config-file",
          first?.found === undefined
            ? deployment.place(workload, ...POD_SPEC, "containers", name, "args")
            : deployment.place(first.found, "data"),
          first === undefined
            ? `${titleOf(workload)} reads ${location}, where nothing is mounted, so ` +
                "its collector does not start."
            : `${titleOf(workload)} reads ${location}, and ConfigMap ` +
                `${first.configMap} has no key ${first.key}, so its collector does not ` +
                "start.",
          first === undefined
            ? "Mount the ConfigMap with the configuration there."
            : `Add the key ${first.key}, or name in --config a key that is there.`,
        ),
      ];
    });
  });
}

/** Something other than a ConfigMap is mounted there, and nobody can look into it. */
const isMounted = (location: string, container: Mapping): boolean =>
  listOf(container["volumeMounts"]).some((mount) =>
    location.replace(/^file:/, "").startsWith(textOf(at(mount, "mountPath")) || "/"),
  );

function objectOf(
  { objects }: CheckedDeployment,
  kind: string,
  name: string,
  namespace: string,
): Mapping | undefined {
  return objects.find(
    (object) =>
      object["kind"] === kind &&
      nameOf(object) === name &&
      (namespace === "" || isInNamespace(object, namespace)),
  );
}

const hasObject = (
  deployment: CheckedDeployment,
  kind: string,
  name: string,
  namespace: string,
): boolean =>
  objectOf(deployment, kind, name, namespace) !== undefined ||
  (deployment.expectations.existing ?? []).includes(`${kind}/${name}`);
