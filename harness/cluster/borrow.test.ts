import { expect } from "chai";
import { HarnessError, UsageError } from "../model/errors.js";
import { LABELS } from "../model/ids.js";
import { silent } from "../model/progress.js";
import { ASSUMED_COREFILE, checkBorrowed, takeNamespace } from "./borrow.js";
import type { ApiRequest, ClusterClient } from "./client.js";
import { testApi } from "./test-api.js";

const COREFILE = ".:53 {\n    cache 5\n}\n";

interface Held {
  readonly labels?: Record<string, string>;
  readonly data?: Record<string, string>;
}

/** An API server with a few paths: a POST makes an object below its path, a DELETE takes it away. */
function fakeCluster(given: {
  readonly objects: Record<string, Held>;
  readonly denied?: readonly string[];
  readonly answers?: (request: ApiRequest) => number | undefined;
}) {
  const { denied = [], answers } = given;
  const objects = new Map(Object.entries(given.objects));
  const list = (path: string): object[] =>
    [...objects].flatMap(([key, { labels = {} }]) =>
      key.startsWith(`${path}/`) && LABELS.run in labels
        ? [{ metadata: { name: key.slice(path.length + 1), uid: key } }]
        : [],
    );
  const api = testApi((request) => {
    const { method = "GET", path: whole, body } = request;
    const special = answers?.(request);
    if (special !== undefined) return special;
    const [path = ""] = whole.split("?");
    if (path === "/version") return { body: { gitVersion: "v1.34.0" } };
    if (path.endsWith("/selfsubjectaccessreviews")) {
      const { resourceAttributes: asked } = (body as { spec: { resourceAttributes: Asked } }).spec;
      const what = `${asked.verb} ${asked.resource} ${asked.namespace}`;
      return { status: 201, body: { status: { allowed: !denied.includes(what) } } };
    }
    if (method === "DELETE") return objects.delete(path) ? { body: {} } : 404;
    if (method === "POST") {
      const { metadata, data } = body as { metadata: Held & { name: string }; data?: Held["data"] };
      const key = `${path}/${metadata.name}`;
      if (objects.has(key)) return 409;
      const { labels = {} } = metadata;
      objects.set(key, { labels, ...(data === undefined ? {} : { data }) });
      return { status: 201, body: {} };
    }
    if (whole.includes("labelSelector")) return { body: { items: list(path) } };
    const object = objects.get(path);
    if (object === undefined) return 404;
    return { body: { metadata: { uid: "u", ...object }, data: object.data } };
  });
  const core = {
    readNamespacedConfigMap: () => Promise.resolve({ data: { Corefile: COREFILE } }),
  };
  return { client: { ...api, core } as unknown as ClusterClient, objects, asked: api.asked };
}

interface Asked {
  readonly verb: string;
  readonly resource: string;
  readonly namespace: string;
}

const NAMESPACE = "/api/v1/namespaces/chaos";
const lent = { [NAMESPACE]: { labels: { [LABELS.run]: "lent" } } };
const options = () => ({
  ...{ context: "staging", namespace: "chaos", observerImage: "o:1", runId: "r1" },
  ...{ kubectl: "kubectl", progress: silent, signal: new AbortController().signal },
});
type Fake = ReturnType<typeof fakeCluster>;
const borrow = async ({ client }: Fake) =>
  takeNamespace(client, { ...options(), ...(await checkBorrowed(client, options())) });
const failure = (promise: Promise<unknown>): Promise<Error> =>
  promise.then(
    () => expect.fail("expected a rejection"),
    (thrown: unknown) => thrown as Error,
  );

const config = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "otel-agent-config" } };

describe("a borrowed cluster", () => {
  it("gets what a run makes, and afterwards is what it was: the lent namespace stays, and what is in it", async () => {
    const theirs = {
      [`${NAMESPACE}/configmaps/kube-root-ca.crt`]: {},
      [`${NAMESPACE}/serviceaccounts/agent-gateway-chaos`]: {},
    };
    const fake = fakeCluster({ objects: { ...lent, ...theirs } });
    const cluster = await borrow(fake);
    await cluster.apply([config], {});
    expect([...fake.objects.keys()]).to.include.members([
      `${NAMESPACE}/configmaps/agent-gateway-chaos-claim`,
      `${NAMESPACE}/configmaps/otel-agent-config`,
    ]);
    await cluster.clear({});
    expect([...fake.objects.keys()]).not.to.include(`${NAMESPACE}/configmaps/otel-agent-config`);
    await cluster.remove();
    expect([...fake.objects.keys()]).to.have.members(Object.keys({ ...lent, ...theirs }));
  });

  it("whose namespace is absent gets it for the time of the command", async () => {
    const fake = fakeCluster({ objects: {} });
    const cluster = await borrow(fake);
    expect(cluster.borrowed.lent).to.equal(false);
    expect(fake.objects.get(NAMESPACE)?.labels?.[LABELS.run]).to.equal("r1");
    await cluster.remove();
    expect([...fake.objects.keys()]).to.deep.equal([]);
  });

  it("that lacks a permission is told so before anything is made", async () => {
    const fake = fakeCluster({ objects: lent, denied: ["patch deployments chaos"] });
    const { message } = await failure(borrow(fake));
    expect(message).to.contain("\n  patch deployments of apps in namespace chaos");
    const made = fake.asked.filter((line) => /^(POST|DELETE)/.test(line) && !/reviews$/.test(line));
    expect(made).to.deep.equal([]);
  });

  it("in which the account may not make the absent namespace is told so", async () => {
    const fake = fakeCluster({ objects: {}, denied: ["create namespaces "] });
    const { message } = await failure(borrow(fake));
    expect(message).to.contain("\n  create namespaces in the whole cluster");
    expect([...fake.objects.keys()]).to.deep.equal([]);
  });

  it("whose namespace is somebody's is left alone", async () => {
    const fake = fakeCluster({ objects: { [NAMESPACE]: { labels: { team: "payments" } } } });
    expect(await failure(borrow(fake))).to.be.instanceOf(UsageError);
    expect([...fake.objects.keys()]).to.deep.equal([NAMESPACE]);
  });

  it("that cannot be claimed keeps neither claim nor namespace", async () => {
    const answers = ({ method, path }: ApiRequest) =>
      method === "POST" && path.endsWith("/configmaps") ? 500 : undefined;
    const fake = fakeCluster({ objects: {}, answers });
    expect(await failure(borrow(fake))).to.be.instanceOf(HarnessError);
    expect([...fake.objects.keys()]).to.deep.equal([]);
  });

  it("is at its baseline while the namespace is there and claimed, and not when it was taken away", async () => {
    const fake = fakeCluster({ objects: lent });
    const cluster = await borrow(fake);
    expect((await cluster.baseline()).namespace).to.equal("chaos");
    fake.objects.delete(`${NAMESPACE}/configmaps/agent-gateway-chaos-claim`);
    expect((await failure(cluster.baseline())).message).to.contain("no more ours to use");
  });

  it("that somebody else has taken meanwhile keeps all that is in it", async () => {
    const fake = fakeCluster({ objects: lent });
    const cluster = await borrow(fake);
    await cluster.apply([config], {});
    const claim = `${NAMESPACE}/configmaps/agent-gateway-chaos-claim`;
    fake.objects.set(claim, { labels: {}, data: { owner: "{}", host: "elsewhere" } });
    expect((await failure(cluster.remove())).message).to.contain("no more ours to use");
    expect([...fake.objects.keys()]).to.include.members([
      claim,
      `${NAMESPACE}/configmaps/otel-agent-config`,
    ]);
  });

  it("tells how long its DNS caches where it may be read; else a bound is assumed and said", async () => {
    const open = await borrow(fakeCluster({ objects: lent }));
    expect([open.corefile, open.borrowed.corefileRead]).to.deep.equal([COREFILE, true]);
    const denied = ["get configmaps kube-system"];
    const closed = await borrow(fakeCluster({ objects: lent, denied }));
    expect([closed.corefile, closed.borrowed.corefileRead]).to.deep.equal([
      ASSUMED_COREFILE,
      false,
    ]);
  });

  it("whose API server does not know the account is named, with what to try", async () => {
    const fake = fakeCluster({ objects: {}, answers: () => 401 });
    const thrown = await failure(borrow(fake));
    expect(thrown).to.be.instanceOf(HarnessError);
    expect(thrown).to.have.property("fix", "kubectl --context staging version");
  });
});
