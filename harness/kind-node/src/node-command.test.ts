import { expect } from "chai";
import { fakeExecutor } from "./fake-executor.js";
import { copyToNode, runInNode, signalContainer } from "./node-command.js";

const ID = "0123456789abcdef";
const OURS = JSON.stringify([
  { Mounts: [{ Destination: "/kind/agent-gateway-chaos", Source: "/nowhere" }] },
]);
const CLUSTER = {
  "docker ps --all --quiet": "c1",
  "docker inspect c1": OURS,
  "docker ps --all --filter": "k-worker\tworker\trunning\nk-worker2\tworker\texited",
};
const inspected = (state: string, pid: number): string =>
  JSON.stringify({ status: { state }, info: { pid } });
const where = { cluster: "k", node: "k-worker", containerId: ID };

const thrownBy = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => "nothing",
    (thrown: unknown) => (thrown as Error).message,
  );

describe("a program in a node", () => {
  it("runs only in a running node of the cluster", async () => {
    const { executor, commands } = fakeExecutor({ ...CLUSTER, "docker exec k-worker true": "" });
    await runInNode("k", "k-worker", ["true"], {}, executor);
    for (const other of ["k-worker2", "somebody-elses-container"]) {
      expect(await thrownBy(runInNode("k", other, ["true"], {}, executor))).to.equal(
        `cluster k has no running node ${other}`,
      );
    }
    expect(commands.filter((command) => command.startsWith("docker exec"))).to.have.length(1);
  });

  it("runs in no cluster that is not ours", async () => {
    const { executor, commands } = fakeExecutor({
      ...CLUSTER,
      "docker inspect c1": '[{"Mounts":[]}]',
    });
    expect(await thrownBy(runInNode("k", "k-worker", ["true"], {}, executor))).to.contain(
      "was not made by this tool",
    );
    expect(commands.some((command) => command.startsWith("docker exec"))).to.equal(false);
  });
});

describe("a file for a node", () => {
  const file = { from: "/cache/program", to: "/kind/program" };

  it("is copied into a running node of the cluster, and nowhere else", async () => {
    const { executor, commands } = fakeExecutor({ ...CLUSTER, "docker cp": "" });
    await copyToNode("k", "k-worker", file, {}, executor);
    expect(commands.at(-1)).to.equal("docker cp /cache/program k-worker:/kind/program");
    expect(await thrownBy(copyToNode("k", "k-worker2", file, {}, executor))).to.equal(
      "cluster k has no running node k-worker2",
    );
    expect(commands.filter((command) => command.startsWith("docker cp"))).to.have.length(1);
  });
});

describe("a signal for a container", () => {
  const inspect = "docker exec k-worker crictl inspect";

  it("goes to the main process of a running container", async () => {
    for (const signal of ["KILL", "STOP", "CONT"] as const) {
      const { executor, commands } = fakeExecutor({
        ...CLUSTER,
        [inspect]: inspected("CONTAINER_RUNNING", 4711),
        "docker exec k-worker kill": "",
      });
      expect(await signalContainer(where, signal, {}, executor)).to.equal(4711);
      expect(commands.at(-1)).to.equal(`docker exec k-worker kill -${signal} 4711`);
    }
  });

  it("goes to nobody when the container has ended or the answer names no process of it", async () => {
    for (const answer of [
      inspected("CONTAINER_EXITED", 4711),
      inspected("CONTAINER_RUNNING", 0),
      inspected("CONTAINER_RUNNING", 1),
      "{}",
    ]) {
      const { executor, commands } = fakeExecutor({ ...CLUSTER, [inspect]: answer });
      expect(await thrownBy(signalContainer(where, "KILL", {}, executor))).to.contain(
        "does not run",
      );
      expect(commands.some((command) => command.includes(" kill "))).to.equal(false);
    }
  });

  it("takes nothing for an ID that is none", async () => {
    const { executor, commands } = fakeExecutor(CLUSTER);
    const odd = { ...where, containerId: "--help" };
    expect(await thrownBy(signalContainer(odd, "KILL", {}, executor))).to.contain("is no ID");
    expect(commands).to.deep.equal([]);
  });
});
