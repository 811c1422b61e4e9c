import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { parseAllDocuments } from "yaml";
import { UsageError } from "../model/errors.js";
import { demandAccess, mayReadDns, serverVersion } from "./check-access.js";
import { DNS_NAMESPACE, DNS_PERMISSION, PERMISSIONS, type Permission } from "./permissions.js";
import { testApi } from "./test-api.js";

interface Attributes {
  readonly namespace: string;
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
  readonly subresource: string;
}

/** An API server that allows what `allows` says. */
const api = (allows: (attributes: Attributes) => boolean) =>
  testApi(({ body }) => {
    const { spec } = body as { spec: { resourceAttributes: Attributes } };
    return { status: 201, body: { status: { allowed: allows(spec.resourceAttributes) } } };
  });

const where = { context: "staging", namespace: "chaos" };

async function refusal(
  allows: (attributes: Attributes) => boolean,
  to?: "run" | "make the namespace",
) {
  try {
    await demandAccess(api(allows), where, to);
  } catch (thrown) {
    expect(thrown).to.be.instanceOf(UsageError);
    return (thrown as Error).message.split("\n");
  }
  return [];
}

describe("the account of a run on a borrowed cluster", () => {
  it("may do everything: nothing is said, and each verb was asked for once", async () => {
    const all = api(() => true);
    await demandAccess(all, where);
    expect(all.asked.length).to.equal(PERMISSIONS.flatMap(({ verbs }) => verbs).length);
  });

  it("lacks one verb: one line names it, where, and what it is for", async () => {
    const lines = await refusal(({ verb, resource, subresource }) => {
      return !(verb === "update" && resource === "pods" && subresource === "proxy");
    });
    expect(lines).to.deep.equal([
      "--context staging: the account lacks 1 permissions; " +
        "fixtures/cluster/borrowed-access.yaml grants all that a run needs",
      "  update pods/proxy in namespace chaos, needed to " +
        "talk to the observers and read the collectors' own metrics",
    ]);
  });

  for (const { group, resource, verbs } of PERMISSIONS) {
    for (const verb of verbs) {
      it(`lacks ${verb} ${resource}: the line names both`, async () => {
        const [of, subresource = ""] = resource.split("/");
        const [, line, ...others] = await refusal(
          (asked) =>
            !(
              asked.verb === verb &&
              asked.group === group &&
              asked.resource === of &&
              asked.subresource === subresource
            ),
        );
        expect(line).to.match(new RegExp(`^ {2}${verb} ${resource}( of ${group})? in namespace`));
        expect(others).to.deep.equal([]);
      });
    }
  }

  it("must make the namespace where there is none, and that is asked of the whole cluster", async () => {
    const lines = await refusal(() => false, "make the namespace");
    expect(lines.slice(1)).to.deep.equal([
      "  create namespaces in the whole cluster, needed to make the namespace",
      "  delete namespaces in the whole cluster, needed to make the namespace",
    ]);
  });

  it("may or may not read how DNS caches", async () => {
    expect(await mayReadDns(api(({ namespace }) => namespace === "kube-system"))).to.equal(true);
    expect(await mayReadDns(api(() => false))).to.equal(false);
  });

  it("is unknown to the API server: that is said, not that a permission is missing", async () => {
    const closed = testApi(() => 401);
    const thrown: unknown = await serverVersion(closed).catch((e: unknown) => e);
    expect(thrown).to.have.property("message").that.contains("answered 401");
  });
});

interface RbacObject {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly rules?: readonly {
    readonly apiGroups: readonly string[];
    readonly resources: readonly string[];
    readonly resourceNames?: readonly string[];
    readonly verbs: readonly string[];
  }[];
}

describe("fixtures/cluster/borrowed-access.yaml", () => {
  const path = join(import.meta.dirname, "../../fixtures/cluster/borrowed-access.yaml");
  const objects = parseAllDocuments(readFileSync(path, "utf8")).map(
    (document) => document.toJS() as RbacObject,
  );
  const roleIn = (namespace: string) =>
    objects.filter(({ kind, metadata }) => kind === "Role" && metadata.namespace === namespace);
  const granted = (roles: readonly RbacObject[]): string[] =>
    roles
      .flatMap(({ rules = [] }) => rules)
      .flatMap(({ apiGroups, resources, resourceNames = [""], verbs }) =>
        apiGroups.flatMap((group) =>
          resources.flatMap((resource) =>
            resourceNames.flatMap((name) =>
              verbs.map((verb) => `${verb} ${group}/${resource} ${name}`),
            ),
          ),
        ),
      )
      .sort();
  const asked = (permissions: readonly Permission[]): string[] =>
    permissions
      .flatMap(({ group, resource, name = "", verbs }) =>
        verbs.map((verb) => `${verb} ${group}/${resource} ${name}`),
      )
      .sort();

  it("grants in the namespace what the check asks for, and nothing else", () => {
    expect(granted(roleIn("observability"))).to.deep.equal(asked(PERMISSIONS));
  });

  it("grants elsewhere to read CoreDNS's configuration, and nothing in the whole cluster", () => {
    expect(granted(roleIn(DNS_NAMESPACE))).to.deep.equal(asked([DNS_PERMISSION]));
    expect(new Set(objects.map(({ kind }) => kind))).to.deep.equal(
      new Set(["Namespace", "ServiceAccount", "Role", "RoleBinding"]),
    );
  });
});
