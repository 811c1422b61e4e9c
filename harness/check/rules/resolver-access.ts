/**
 * Agents whose resolver watches the API server may do so: their service account is bound to a role with get, list and
 * watch on what their release watches, in the namespace of the Service. Silent about roles that the cluster has.
 */
import { loadBalancingOf } from "../../oracle/load-balancing.js";
import { nameOf, ofKind } from "../../oracle/manifests.js";
import { isBefore, isSince } from "../../oracle/release.js";
import { at, isMapping, listOf, textOf, type Mapping } from "../../oracle/untyped.js";
import { finding, type Check, type CheckedDeployment } from "../checked-deployment.js";
import { isInNamespace, namespaceOf } from "../objects.js";
import { balancingPath } from "./resolver.js";

interface Watched {
  readonly group: string;
  readonly resource: string;
}
const ENDPOINTS: Watched = { group: "", resource: "endpoints" };
const SLICES: Watched = { group: "discovery.k8s.io", resource: "endpointslices" };
const VERBS = ["get", "list", "watch"];

/** Read at v0.96.0 and v0.115.0: endpoints; at v0.160.0 and v0.161.0: endpointslices. In between either will do. */
const watchedBy = (image: string): readonly Watched[] =>
  isSince(image, 160) ? [SLICES] : isBefore(image, 116) ? [ENDPOINTS] : [ENDPOINTS, SLICES];

export const resolverAccess: Check = (deployment) => {
  const { agent, configPlace } = deployment;
  const k8s = at(loadBalancingOf(agent.config), "resolver", "k8s");
  if (!isMapping(k8s)) return [];
  const account = textOf(agent.podSpec["serviceAccountName"]) || "default";
  const namespace = textOf(k8s["service"]).split(".")[1] ?? namespaceOf(agent.object);
  const watched = watchedBy(agent.image);
  const rules = rulesOf(account, namespace, deployment);
  if (rules === null || watched.some((one) => allows(rules, one))) return [];
  const [first = ENDPOINTS] = watched;
  const group = first.group === "" ? "" : `.${first.group}`;
  return [
    finding(
      "fatal",
      "resolver-access",
      configPlace(agent, ...balancingPath(deployment), "resolver", "k8s", "service"),
      `The agents watch the ${first.resource}${group} of the namespace ${namespace}, which their service account ` +
        `${account} may not, so they find no gateway.`,
      `Bind ${account} to a Role in ${namespace} with ${VERBS.join(", ")} on ${first.resource}${group}.`,
    ),
  ];
};

/** The rules of every role that the account is bound to there; null when one of the roles is not of the deployment. */
function rulesOf(
  account: string,
  namespace: string,
  { agent, objects }: CheckedDeployment,
): readonly Mapping[] | null {
  const own = namespaceOf(agent.object);
  const isAccount = (subject: unknown): boolean =>
    at(subject, "kind") === "ServiceAccount" &&
    at(subject, "name") === account &&
    [own, ""].includes(textOf(at(subject, "namespace")));
  const bindings = [
    ...ofKind(objects, "RoleBinding").filter((one) => isInNamespace(one, namespace)),
    ...ofKind(objects, "ClusterRoleBinding"),
  ].filter((binding) => listOf(binding["subjects"]).some(isAccount));
  const rules: Mapping[] = [];
  for (const binding of bindings) {
    const role = objects.find(
      (one) =>
        one["kind"] === at(binding, "roleRef", "kind") &&
        nameOf(one) === textOf(at(binding, "roleRef", "name")),
    );
    if (role === undefined) return null;
    rules.push(...listOf(role["rules"]).filter(isMapping));
  }
  return rules;
}

/** One rule may give all verbs, or several some each. */
function allows(rules: readonly Mapping[], { group, resource }: Watched): boolean {
  const has = (rule: Mapping, key: string, wanted: string): boolean => {
    const given = listOf(rule[key]);
    return given.includes(wanted) || given.includes("*");
  };
  const own = rules.filter(
    (rule) => has(rule, "apiGroups", group) && has(rule, "resources", resource),
  );
  return VERBS.every((verb) => own.some((rule) => has(rule, "verbs", verb)));
}
