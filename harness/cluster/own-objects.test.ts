import { expect } from "chai";
import { HarnessError, UsageError } from "../model/errors.js";
import { LABELS } from "../model/ids.js";
import type { Manifest } from "./manifests.js";
import { createOwn, removeOwn } from "./own-objects.js";
import { testApi } from "./test-api.js";

const labels = { [LABELS.run]: "r1" };
const config: Manifest = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "c" } };
const workload: Manifest = { apiVersion: "apps/v1", kind: "Deployment", metadata: { name: "d" } };

const failure = async (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => expect.fail("expected a rejection"),
    (thrown: unknown) => thrown,
  );

describe("objects in a namespace that is lent", () => {
  it("are created with our label, what others need first, and never patched", async () => {
    const bodies: unknown[] = [];
    const client = testApi(({ body }) => {
      bodies.push(body);
      return { status: 201, body: {} };
    });
    await createOwn({ client, namespace: "chaos", labels }, [workload, config], {});
    const query = "?fieldManager=agent-gateway-chaos";
    expect(client.asked).to.deep.equal([
      `POST /api/v1/namespaces/chaos/configmaps${query}`,
      `POST /apis/apps/v1/namespaces/chaos/deployments${query}`,
    ]);
    const metadata = { name: "c", namespace: "chaos", labels };
    expect(bodies[0]).to.deep.equal({ ...config, metadata });
  });

  it("that are there already are somebody's: refused, not taken over", async () => {
    const client = testApi(() => 409);
    const thrown = await failure(createOwn({ client, namespace: "chaos", labels }, [config], {}));
    expect(thrown).to.be.instanceOf(UsageError);
    expect(thrown).to.have.property("message").that.contains("a ConfigMap c that is not of this");
  });

  it("that the API refuses are named with its words", async () => {
    const client = testApi(() => ({ status: 422, body: { message: "spec is invalid" } }));
    const thrown = await failure(createOwn({ client, namespace: "chaos", labels }, [config], {}));
    expect(thrown).to.be.instanceOf(HarnessError);
    expect(thrown).to.have.property("message", "create ConfigMap c: spec is invalid");
  });
});

/** A namespace that holds objects; deleting one marks it, and the next listing misses it. */
function namespaceOf(held: Record<string, { name: string; labels: Record<string, string> }[]>) {
  const going = new Set<string>();
  const bodies: unknown[] = [];
  const client = testApi(({ method = "GET", path, body }) => {
    const [, resource = "", rest = ""] = /namespaces\/chaos\/(\w+)(.*)$/.exec(path) ?? [];
    if (method === "DELETE") {
      going.add(`${resource}${rest}`);
      bodies.push(body);
      return { body: {} };
    }
    expect(rest).to.equal(`?labelSelector=${encodeURIComponent(LABELS.run)}`);
    const items = (held[resource] ?? [])
      .filter(({ labels: of, name }) => LABELS.run in of && !going.has(`${resource}/${name}`))
      .map(({ name }) => ({ metadata: { name, uid: `uid-${name}` } }));
    return { body: { items } };
  });
  return { client, bodies };
}

describe("the removal of what is ours", () => {
  const options = { timeoutMs: 5_000, spare: "claim" };

  it("removes what carries our label and nothing else, each by its UID, pods with their controllers", async () => {
    const { client, bodies } = namespaceOf({
      deployments: [
        { name: "otel-gateway", labels },
        { name: "somebodys", labels: { app: "otel-gateway" } },
      ],
      configmaps: [
        { name: "claim", labels },
        { name: "kube-root-ca.crt", labels: {} },
      ],
      services: [{ name: "tempo", labels }],
    });
    await removeOwn({ client, namespace: "chaos" }, options);
    expect(client.asked.filter((line) => line.startsWith("DELETE"))).to.have.members([
      "DELETE /apis/apps/v1/namespaces/chaos/deployments/otel-gateway",
      "DELETE /api/v1/namespaces/chaos/services/tempo",
    ]);
    expect(bodies).to.deep.include({
      propagationPolicy: "Foreground",
      preconditions: { uid: "uid-otel-gateway" },
    });
  });

  it("of nothing asks once and is done", async () => {
    const { client } = namespaceOf({});
    await removeOwn({ client, namespace: "chaos" }, options);
    expect(client.asked.every((line) => line.startsWith("GET"))).to.equal(true);
  });

  it("goes on after a request that fails", async () => {
    let asked = 0;
    const client = testApi(() => {
      asked += 1;
      return asked === 1 ? 500 : { body: { items: [] } };
    });
    await removeOwn({ client, namespace: "chaos" }, options);
    expect(asked).to.be.greaterThan(1);
  });

  it("that does not end names what is left", async () => {
    const item = { name: "d", uid: "u", deletionTimestamp: "2026-01-01T00:00:00Z" };
    const client = testApi(({ path }) => ({
      body: { items: path.includes("daemonsets") ? [{ metadata: item }] : [] },
    }));
    const thrown = await failure(
      removeOwn({ client, namespace: "chaos" }, { ...options, timeoutMs: 10 }),
    );
    expect(thrown).to.be.instanceOf(HarnessError);
    expect(thrown).to.have.property("lastSeen", "still there: DaemonSet d");
    expect(client.asked.some((line) => line.startsWith("DELETE"))).to.equal(false);
  });
});
