import { hostname } from "node:os";
import { expect } from "chai";
import type { ClusterOwner } from "kind-node";
import { UsageError } from "../model/errors.js";
import { LABELS } from "../model/ids.js";
import {
  claim,
  findNamespace,
  release,
  removeNamespaceOfRun,
  whoseClaim,
} from "./lend-namespace.js";
import { ownedBy } from "./ownership.js";
import { testApi } from "./test-api.js";

const where = { context: "staging", namespace: "chaos" };
const me = ownedBy("r1", 3_600);
const other = ownedBy("r2", 3_600);
const failure = async (promise: Promise<unknown>): Promise<string> => {
  try {
    await promise;
  } catch (thrown) {
    expect(thrown).to.be.instanceOf(UsageError);
    return (thrown as Error).message;
  }
  return expect.fail("expected a rejection");
};

describe("the namespace of a run on a borrowed cluster", () => {
  const found = (labels: Record<string, string>, phase = "Active") =>
    findNamespace(
      testApi(() => ({ body: { metadata: { labels }, status: { phase } } })),
      where,
    );

  it("is lent by our label, left behind by an earlier run, or absent", async () => {
    expect(await found({ [LABELS.run]: "lent" })).to.deep.equal({ kind: "lent" });
    const run = "20260101T000000Z-1";
    expect(await found({ [LABELS.run]: run })).to.deep.equal({ kind: "left-behind", run });
    expect(
      await findNamespace(
        testApi(() => 404),
        where,
      ),
    ).to.deep.equal({ kind: "absent" });
  });

  it("is somebody's without our label: refused with the command that lends it", async () => {
    expect(await failure(found({ team: "payments" }))).to.equal(
      "--context staging --namespace chaos: exists and is not lent; give another, or lend it, if nothing else " +
        "lives there: kubectl --context staging label namespace chaos agent-gateway-chaos.dev/run=lent",
    );
  });

  it("is refused while it is being deleted", async () => {
    expect(await failure(found({ [LABELS.run]: "lent" }, "Terminating"))).to.contain("deleted");
  });
});

describe("the removal of a namespace", () => {
  const removal = async (label: string) => {
    let gone = false;
    const api = testApi(({ method = "GET" }) => {
      if (method === "DELETE") gone = true;
      const metadata = { uid: "u", labels: { [LABELS.run]: label } };
      return gone && method === "GET" ? 404 : { body: { metadata } };
    });
    await removeNamespaceOfRun(api, "chaos", "r1");
    return api.asked.filter((line) => line.startsWith("DELETE"));
  };

  it("is for the one that the run has made, never for one that is lent or another run's", async () => {
    expect(await removal("r1")).to.deep.equal(["DELETE /api/v1/namespaces/chaos"]);
    expect(await removal("lent")).to.deep.equal([]);
    expect(await removal("r2")).to.deep.equal([]);
  });
});

/** A namespace whose claim is held as given, until it is deleted. */
function claimed(held: { owner: ClusterOwner; host: string } | undefined) {
  let data = held && { host: held.host, owner: JSON.stringify(held.owner) };
  return testApi(({ method = "GET", body }) => {
    switch (method) {
      case "POST":
        if (data !== undefined) return 409;
        ({ data } = body as { data: typeof data });
        return { status: 201, body: {} };
      case "DELETE":
        data = undefined;
        return { body: {} };
      default:
        return data === undefined ? 404 : { body: { metadata: { uid: "u" }, data } };
    }
  });
}

describe("the claim on a namespace", () => {
  it("stands until it is released, for the process that made it alone", async () => {
    const api = claimed(undefined);
    await claim(api, where, me);
    expect(await whoseClaim(api, "chaos", me)).to.equal("ours");
    expect(await whoseClaim(api, "chaos", other)).to.equal("somebody's");
    await release(api, "chaos", other);
    expect(await whoseClaim(api, "chaos", me)).to.equal("ours");
    await release(api, "chaos", me);
    expect(await whoseClaim(api, "chaos", me)).to.equal("nobody's");
  });

  it("of a living process is respected, and of a process on another host, which nobody can look at", async () => {
    for (const host of [hostname(), "elsewhere"]) {
      const api = claimed({ owner: me, host });
      expect(await failure(claim(api, where, me))).to.contain(`in use by a run on host ${host}`);
      expect(api.asked.some((line) => line.startsWith("DELETE"))).to.equal(false);
    }
  });

  it("of a dead process of this host, or one that expired, is taken over", async () => {
    const dead = { ...me, pid: 2 ** 30, process: "boot:1" };
    const old = { ...me, expiresAtS: 1 };
    for (const held of [
      { owner: dead, host: hostname() },
      { owner: old, host: "elsewhere" },
    ]) {
      const api = claimed(held);
      await claim(api, where, me);
      expect(await whoseClaim(api, "chaos", me)).to.equal("ours");
    }
  });

  it("whose owner cannot be read is respected", async () => {
    const api = testApi(({ method = "GET" }) =>
      method === "GET" ? { body: { metadata: { uid: "u" }, data: {} } } : 409,
    );
    expect(await failure(claim(api, where, me))).to.contain("in use");
  });
});
