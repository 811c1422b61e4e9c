/** Whose clusters may be deleted, and how nodes are read. */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { createCluster, deleteCluster } from "./cluster.js";
import { KitError } from "./errors.js";
import { fakeExecutor } from "./fake-executor.js";
import { listClusters, listNodes } from "./nodes.js";
import { clusterOwner, ownerLives, OWNER_MOUNT, processIdentity } from "./owner.js";

const NODES = [
  "box-worker\tworker\trunning",
  "box-control-plane\tcontrol-plane\trunning",
  "box-worker2\tworker\texited",
].join("\n");

const docker = (source: string, destination: string) => ({
  "docker ps --all --quiet": "aaa\nbbb",
  "docker ps --all": NODES,
  "docker inspect aaa bbb": JSON.stringify([
    { Mounts: [{ Destination: "/var", Source: "/x" }] },
    { Mounts: [{ Destination: destination, Source: source }] },
  ]),
  "docker rm": "",
});

async function rejection(promise: Promise<unknown>): Promise<KitError> {
  const error = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).to.be.instanceOf(KitError);
  return error as KitError;
}

describe("clusters", () => {
  let directory: string;
  let cacheBefore: string | undefined;
  before(async () => {
    directory = await mkdtemp(join(tmpdir(), "kind-node-"));
    cacheBefore = process.env["XDG_CACHE_HOME"];
    process.env["XDG_CACHE_HOME"] = directory;
  });
  after(async () => {
    if (cacheBefore === undefined) delete process.env["XDG_CACHE_HOME"];
    else process.env["XDG_CACHE_HOME"] = cacheBefore;
    await rm(directory, { recursive: true });
  });

  it("a cluster without our mount is not ours and is not deleted", async () => {
    const { executor, commands } = fakeExecutor(docker("/x", "/elsewhere"));
    expect(await clusterOwner("box", {}, executor)).to.equal(undefined);
    const error = await rejection(deleteCluster("box", {}, executor));
    expect(error.message).to.match(/box .* not made by this tool/);
    expect(error.fix).to.contain("kind delete cluster --name box");
    expect(commands.join("\n")).not.to.contain("docker rm");
  });

  it("with force it is deleted", async () => {
    const { executor, commands } = fakeExecutor(docker("/x", "/elsewhere"));
    await deleteCluster("box", { force: true }, executor);
    expect(commands.at(-1)).to.match(/^docker rm --force --volumes box-control-plane box-worker/);
  });

  it("a cluster with our mount names its owner and is deleted", async () => {
    const owner = { run: "20261125T000000Z-7", pid: 42, expiresAtS: 1_800_000_000 };
    await writeFile(join(directory, "owner.json"), JSON.stringify(owner));
    const { executor, commands } = fakeExecutor(docker(directory, OWNER_MOUNT));
    expect(await clusterOwner("box", {}, executor)).to.deep.equal(owner);
    await deleteCluster("box", {}, executor);
    expect(commands.at(-1)).to.contain("docker rm --force");
  });

  it("a cluster whose owner file is gone or broken is still ours", async () => {
    for (const [index, text] of ["", "{", undefined].entries()) {
      const source = join(directory, `owner-${index}`);
      const { executor } = fakeExecutor(docker(source, OWNER_MOUNT));
      if (text !== undefined) {
        await mkdir(source);
        await writeFile(join(source, "owner.json"), text);
      }
      expect(await clusterOwner("box", {}, executor)).to.include({ run: "unknown", pid: 0 });
    }
  });

  it("an owner lives as long as its own process, whoever gets its ID later", () => {
    const owner = { run: "x", pid: process.pid, expiresAtS: 0 };
    const identity = processIdentity(process.pid);
    expect(identity).to.match(/^[0-9a-f-]{36}:[1-9][0-9]*$/);
    expect(processIdentity(process.ppid)).not.to.equal(identity);
    expect(ownerLives({ ...owner, process: identity })).to.equal(true);
    expect(ownerLives({ ...owner, process: "another-boot:1" })).to.equal(false);
    // A mark of an older version names no process.
    expect(ownerLives(owner)).to.equal(true);
    expect(ownerLives({ ...owner, pid: 0 })).to.equal(false);
    expect(ownerLives({ ...owner, pid: 2 ** 22 + 1, process: identity })).to.equal(false);
  });

  it("a cluster that does not exist has no owner, and deleting it is no error", async () => {
    const { executor, commands } = fakeExecutor({ "docker ps": "" });
    expect(await clusterOwner("box", {}, executor)).to.equal(undefined);
    await deleteCluster("box", {}, executor);
    expect(commands.join("\n")).not.to.contain("docker rm");
  });

  it("nodes are listed control plane first, with their state", async () => {
    const { executor } = fakeExecutor(docker("/x", "/elsewhere"));
    expect(await listNodes("box", {}, executor)).to.deep.equal([
      { name: "box-control-plane", role: "control-plane", running: true },
      { name: "box-worker", role: "worker", running: true },
      { name: "box-worker2", role: "worker", running: false },
    ]);
  });

  it("each cluster is listed once", async () => {
    const { executor } = fakeExecutor({ "docker ps": "b\na\nb\n" });
    expect(await listClusters({}, executor)).to.deep.equal(["a", "b"]);
  });

  it("a name that kind would refuse is refused before anything is made", async () => {
    const owner = { run: "x", pid: 1, expiresAtS: 0 };
    const options = {
      name: "No Good",
      image: "x",
      workers: 1,
      ipFamily: "ipv4" as const,
      waitMs: 1,
      kubeconfigPath: "/x",
      owner,
    };
    expect((await rejection(createCluster(options))).message).to.contain("No Good");
  });
});
