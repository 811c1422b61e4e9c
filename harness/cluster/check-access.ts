/** Asks the API server, before anything is made, whether the account may do all that a run needs. */
import { UsageError } from "../model/errors.js";
import { demand, type Asker } from "./ask.js";
import type { NamespaceOptions } from "./lend-namespace.js";
import {
  DNS_NAMESPACE,
  DNS_PERMISSION,
  NAMESPACE_PERMISSIONS,
  PERMISSIONS,
  type Permission,
} from "./permissions.js";

/** What the API takes a missing namespace for. */
const WHOLE_CLUSTER = "";
const REVIEWS = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews";

/**
 * UsageError with a line for each verb that is missing: of those that a run needs in the namespace, or of those that
 * it takes to make the namespace.
 */
export async function demandAccess(
  client: Asker,
  { context, namespace, signal }: NamespaceOptions,
  to: "run" | "make the namespace" = "run",
): Promise<void> {
  const [wanted, within] =
    to === "run" ? [PERMISSIONS, namespace] : [NAMESPACE_PERMISSIONS, WHOLE_CLUSTER];
  const asked = wanted.flatMap((permission) =>
    permission.verbs.map(async (verb) => {
      const allowed = await mayI(client, { permission, verb, within, signal });
      return allowed ? [] : [missingLine(permission, verb, within)];
    }),
  );
  const missing = (await Promise.all(asked)).flat();
  if (missing.length === 0) return;
  throw new UsageError(
    [
      `--context ${context}: the account lacks ${String(missing.length)} permissions; ` +
        "fixtures/cluster/borrowed-access.yaml grants all that a run needs",
      ...missing,
    ].join("\n"),
  );
}

/** Whether CoreDNS's configuration may be read. */
export const mayReadDns = (client: Asker, signal?: AbortSignal): Promise<boolean> =>
  mayI(client, { permission: DNS_PERMISSION, verb: "get", within: DNS_NAMESPACE, signal });

const missingLine = ({ group, resource, purpose }: Permission, verb: string, within: string) =>
  `  ${verb} ${resource}${group === "" ? "" : ` of ${group}`} ` +
  `${within === WHOLE_CLUSTER ? "in the whole cluster" : `in namespace ${within}`}, needed to ${purpose}`;

async function mayI(
  client: Asker,
  question: {
    readonly permission: Permission;
    readonly verb: string;
    /** The namespace. */
    readonly within: string;
    readonly signal?: AbortSignal | undefined;
  },
): Promise<boolean> {
  const { permission, verb, within: namespace, signal } = question;
  const [resource, subresource = ""] = permission.resource.split("/");
  const { group, name = "" } = permission;
  const attributes = { namespace, verb, group, resource, subresource, name };
  const { body } = await demand(client, {
    method: "POST",
    path: REVIEWS,
    body: {
      apiVersion: "authorization.k8s.io/v1",
      kind: "SelfSubjectAccessReview",
      spec: { resourceAttributes: attributes },
    },
    signal,
  });
  return (body as { status?: { allowed?: boolean } }).status?.allowed === true;
}

/** `v1.34.0`, as the API server says it; HarnessError when it does not answer or does not know the account. */
export async function serverVersion(client: Asker, signal?: AbortSignal): Promise<string> {
  const { body } = await demand(client, { path: "/version", signal });
  const version = (body as { gitVersion?: unknown } | undefined)?.gitVersion;
  return typeof version === "string" ? version : "unknown";
}
