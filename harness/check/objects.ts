/** Kubernetes objects as the rules ask for them. */
import { at, isMapping, listOf, mappingOf, textOf, type Mapping } from "../oracle/untyped.js";
import { nameOf } from "../oracle/manifests.js";

export const namespaceOf = (object: Mapping): string =>
  textOf(at(object, "metadata", "namespace")) || "default";

/** An object that names no namespace goes where the rest is applied. */
export const isInNamespace = (object: Mapping, namespace: string): boolean =>
  [namespace, ""].includes(textOf(at(object, "metadata", "namespace")));

export const sharesNamespace = (one: Mapping, other: Mapping): boolean => {
  const namespace = textOf(at(other, "metadata", "namespace"));
  return namespace === "" || isInNamespace(one, namespace);
};

/** `Deployment/otel-gateway`. */
export const titleOf = (object: Mapping): string => `${textOf(object["kind"])}/${nameOf(object)}`;

const WORKLOADS: readonly unknown[] = ["DaemonSet", "Deployment", "StatefulSet"];

/** What makes pods and keeps them running. */
export const workloadsOf = (objects: readonly Mapping[]): Mapping[] =>
  objects.filter(({ kind }) => WORKLOADS.includes(kind));

export const podSpecOf = (workload: Mapping): Mapping =>
  mappingOf(at(workload, "spec", "template", "spec"));

/** Where a value of the pod stands in its workload. */
export const POD_SPEC = ["spec", "template", "spec"] as const;

/** Whether a label selector (matchLabels and matchExpressions) takes the pods of a workload. */
export function selectsPods(selector: unknown, workload: Mapping): boolean {
  const labels = mappingOf(at(workload, "spec", "template", "metadata", "labels"));
  const matches = Object.entries(mappingOf(at(selector, "matchLabels")));
  return (
    isMapping(selector) &&
    matches.every(([name, value]) => labels[name] === value) &&
    listOf(at(selector, "matchExpressions")).every((one) => holds(mappingOf(one), labels))
  );
}

/** Source: Kubernetes API reference, LabelSelectorRequirement. */
function holds({ key, operator, values }: Mapping, labels: Mapping): boolean {
  const value = labels[textOf(key)];
  const listed = value !== undefined && listOf(values).includes(value);
  if (operator === "In") return listed;
  if (operator === "NotIn") return !listed;
  return operator === "Exists" ? value !== undefined : value === undefined;
}

/** A Service has a plain map of labels; an empty one selects nothing. */
export function serviceSelects(service: Mapping, workload: Mapping): boolean {
  const selector = mappingOf(at(service, "spec", "selector"));
  return (
    Object.keys(selector).length > 0 &&
    sharesNamespace(service, workload) &&
    selectsPods({ matchLabels: selector }, workload)
  );
}

/** `250m` and `1` in CPUs, `2Gi` in bytes; undefined when it is no quantity. */
export function quantityOf(value: unknown): number | undefined {
  const [, digits, unit = ""] = /^([\d.]+)([A-Za-z]*)$/.exec(textOf(value)) ?? [];
  const factor = UNITS[unit];
  return digits === undefined || factor === undefined ? undefined : Number(digits) * factor;
}

const UNITS: Readonly<Record<string, number>> = {
  "": 1,
  ...{ m: 1e-3, k: 1e3, M: 1e6, G: 1e9, T: 1e12 },
  ...{ Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30, Ti: 2 ** 40 },
};
