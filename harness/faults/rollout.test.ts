import { expect } from "chai";
import type { Template } from "../cluster/change-template.js";
import { changedTemplate, judgeRestored, judgeRolled, judgeStuck } from "./rollout.js";
import { pod } from "./test-collectors.js";

const before = [1, 2, 3].map((n) => pod(n));
const fresh = (n: number, over = {}) => pod(n, { template: "new", ...over });
const TEMPLATE: Template = {
  container: "otel-collector",
  image: "registry.test:5000/otel/collector:0.96.0",
  restartedAt: null,
  config: "extensions:\n  health_check:\n    endpoint: 0.0.0.0:13133\n",
};
const now = new Date("2026-01-01T00:00:00Z");

describe("the template of a rollout", () => {
  it("changes the annotation alone for a restart", () => {
    const restartedAt = "2026-01-01T00:00:00.000Z";
    expect(changedTemplate(TEMPLATE, "restart", now)).to.deep.equal({ ...TEMPLATE, restartedAt });
  });

  it("names a tag that nobody has, of the same image", () => {
    const { image } = changedTemplate(TEMPLATE, "broken-image", now);
    expect(image).to.equal("registry.test:5000/otel/collector:chaos-no-such-tag");
  });

  it("closes the health check, and refuses a configuration that has none", () => {
    const { config } = changedTemplate(TEMPLATE, "unready-config", now);
    expect(config).to.include("endpoint: 127.0.0.1:13133");
    const without = { ...TEMPLATE, config: "extensions: {}" };
    expect(() => changedTemplate(without, "unready-config", now)).to.throw("has no");
  });
});

describe("the proof of a restarting rollout", () => {
  it("is that every pod was replaced by a ready one of one new template", () => {
    const look = judgeRolled(
      before,
      [4, 5, 6].map((n) => fresh(n)),
      2,
    );
    expect(look).to.deep.equal({
      done: true,
      value: "3 of 3 pods of template old gone, 3 of new ready, at least 2 ready all along",
    });
  });

  it("fails while an old pod is there, a new one is not ready, or the template is the old one", () => {
    const two = [4, 5].map((n) => fresh(n));
    expect(judgeRolled(before, [pod(1), ...two, fresh(6)], 2).done).to.equal(false);
    expect(judgeRolled(before, [...two, fresh(6, { ready: false })], 2).done).to.equal(false);
    expect(
      judgeRolled(
        before,
        [4, 5, 6].map((n) => pod(n)),
        2,
      ).done,
    ).to.equal(false);
    expect(judgeRolled(before, before, 3).done).to.equal(false);
  });
});

describe("the proof of a rollout that gets stuck", () => {
  const at = { nowMs: 100_000, leastReady: 2 };
  const left = [pod(1), pod(2)];

  it("is a new pod whose image cannot be pulled", () => {
    const stuck = fresh(4, { ready: false, runningSinceMs: null, waiting: "ImagePullBackOff" });
    expect(judgeStuck("broken-image", before, [...left, stuck], at)).to.deep.equal({
      done: true,
      value: "gw-4 of template new: ImagePullBackOff; at least 2 of 3 pods ready all along",
    });
  });

  it("is a new pod that runs and is still not ready when any other would be, or was restarted for it", () => {
    const since = (runningSinceMs: number, restarts = 0) =>
      fresh(4, { ready: false, runningSinceMs, restarts });
    const judge = (pods: ReturnType<typeof pod>) =>
      judgeStuck("unready-config", before, [...left, pods], at).done;
    expect(judge(since(75_000))).to.equal(true);
    expect(judge(since(75_001))).to.equal(false);
    expect(judge(since(99_000, 1))).to.equal(true);
  });

  it("fails without a new pod, and when a new pod gets ready after all", () => {
    expect(judgeStuck("broken-image", before, before, at).done).to.equal(false);
    expect(judgeStuck("unready-config", before, [...left, fresh(4)], at)).to.deep.equal({
      done: false,
      seen: "gw-4 of the new template is ready",
    });
  });
});

describe("a rollout that was put back", () => {
  it("is seen when all pods are ready, of the old template, and no other is there", () => {
    const back = [pod(1), pod(2), pod(7)];
    expect(judgeRestored(before, back)).to.deep.equal({
      done: true,
      value: "3 of 3 pods of template old ready",
    });
    expect(judgeRestored(before, [...back, fresh(4, { ready: false })]).done).to.equal(false);
    expect(judgeRestored(before, [pod(1), pod(2), pod(7, { ready: false })]).done).to.equal(false);
    expect(judgeRestored(before, [pod(1), pod(2)]).done).to.equal(false);
  });
});
