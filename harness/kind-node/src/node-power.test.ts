import { expect } from "chai";
import { fakeExecutor } from "./fake-executor.js";
import { nodePower, switchNode } from "./node-power.js";

const OURS = JSON.stringify([
  { Mounts: [{ Destination: "/kind/agent-gateway-chaos", Source: "/nowhere" }] },
]);
const cluster = (state: string) => ({
  "docker ps --all --quiet": "c1",
  "docker inspect c1": OURS,
  "docker ps --all --filter": "k-control-plane\tcontrol-plane\trunning\nk-worker\tworker\texited",
  "docker inspect --format": state,
});
const where = { cluster: "k", node: "k-worker" };
const acts = (commands: readonly string[]): string[] =>
  commands.filter((command) => /^docker (kill|start|pause|unpause) /.test(command));

const thrownBy = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => "nothing",
    (thrown: unknown) => (thrown as Error).message,
  );

describe("the power of a node", () => {
  it("is read from what Docker prints", async () => {
    const { executor } = fakeExecutor(cluster("true\tfalse\t2026-01-02T03:04:05Z\n"));
    expect(await nodePower("k", "k-worker", {}, executor)).to.deep.equal({
      running: true,
      paused: false,
      startedAt: "2026-01-02T03:04:05Z",
    });
  });

  it("is switched only when it is not as wanted", async () => {
    const running = "true\tfalse\tnow";
    const paused = "true\ttrue\tnow";
    const stopped = "false\tfalse\tthen";
    for (const [verb, state, acted] of [
      ["kill", running, true],
      ["kill", stopped, false],
      ["start", stopped, true],
      ["start", running, false],
      ["pause", running, true],
      ["pause", paused, false],
      ["unpause", paused, true],
      ["unpause", running, false],
    ] as const) {
      const { executor, commands } = fakeExecutor({ ...cluster(state), [`docker ${verb}`]: "" });
      await switchNode(verb, where, {}, executor);
      expect(acts(commands), `${verb} of ${state}`).to.deep.equal(
        acted ? [`docker ${verb} k-worker`] : [],
      );
    }
  });

  it("is never taken from a control plane, a stranger, or a cluster that is not ours", async () => {
    for (const node of ["k-control-plane", "somebody-elses-container"]) {
      const { executor, commands } = fakeExecutor(cluster("true\tfalse\tnow"));
      const act = switchNode("kill", { cluster: "k", node }, {}, executor);
      expect(await thrownBy(act)).to.equal(`cluster k has no worker ${node}`);
      expect(acts(commands)).to.deep.equal([]);
    }
    const { executor, commands } = fakeExecutor({
      ...cluster("true\tfalse\tnow"),
      "docker inspect c1": '[{"Mounts":[]}]',
    });
    expect(await thrownBy(switchNode("kill", where, {}, executor))).to.contain("was not made");
    expect(acts(commands)).to.deep.equal([]);
  });
});
