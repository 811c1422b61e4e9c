import { expect } from "chai";
import fc from "fast-check";
import { autoscalerOf, brokenRules, type Level } from "./autoscaler.js";

const scaler = (behavior?: object) =>
  autoscalerOf({ spec: { minReplicas: 2, maxReplicas: 20, behavior } });
const levels = (...pairs: readonly (readonly [number, number])[]): Level[] =>
  pairs.map(([seconds, pods]) => ({ atMs: seconds * 1_000, pods }));
const broken = (behavior: object | undefined, ...pairs: readonly (readonly [number, number])[]) =>
  brokenRules(levels(...pairs), scaler(behavior), 5_000).map(({ what }) => what);
const pods = (value: number, periodSeconds: number) => ({ type: "Pods", value, periodSeconds });
const percent = (value: number, periodSeconds: number) => ({
  type: "Percent",
  value,
  periodSeconds,
});

describe("rules of an autoscaler", () => {
  it("default to four pods or all of them again in 15 s, and to 300 s before a scale-in", () => {
    expect(broken(undefined, [0, 3], [20, 7], [35, 14])).to.deep.equal([]);
    expect(broken(undefined, [0, 3], [20, 8])).to.deep.equal([
      "from 3 to 8 pods at once, scaleUp allows 7",
    ]);
    expect(broken(undefined, [0, 3], [20, 7], [319, 3])).to.deep.equal([]);
    expect(broken(undefined, [0, 3], [20, 7], [300, 3])).to.deep.equal([
      "from 7 to 3 pods inside scaleDown's stabilization",
    ]);
  });

  it("bound the number of pods", () => {
    expect(broken(undefined, [0, 1], [100, 2])).to.deep.equal(["below minReplicas 2"]);
    expect(broken(undefined, [0, 18], [100, 21])).to.deep.equal(["above maxReplicas 20"]);
  });

  it("count what was changed before in the same period", () => {
    const up = { scaleUp: { policies: [pods(3, 60)] } };
    expect(broken(up, [0, 3], [10, 5], [30, 6], [66, 8])).to.deep.equal([]);
    expect(broken(up, [0, 3], [10, 5], [30, 7])).to.have.length(1);
  });

  it("take the widest of several policies, the narrowest with Min, and nothing when disabled", () => {
    const policies = [pods(1, 60), percent(100, 60)];
    expect(broken({ scaleUp: { policies } }, [0, 4], [10, 8])).to.deep.equal([]);
    expect(broken({ scaleUp: { policies, selectPolicy: "Min" } }, [0, 4], [10, 6])).to.deep.equal([
      "from 4 to 6 pods at once, scaleUp allows 5",
    ]);
    const down = { stabilizationWindowSeconds: 0, policies };
    expect(broken({ scaleDown: down }, [0, 8], [10, 2])).to.deep.equal([]);
    expect(broken({ scaleDown: { ...down, selectPolicy: "Min" } }, [0, 8], [10, 6])).to.deep.equal([
      "from 8 to 6 pods at once, scaleDown allows 7",
    ]);
    expect(broken({ scaleUp: { selectPolicy: "Disabled" } }, [0, 8], [10, 9])).to.deep.equal([
      "scaleUp is disabled",
    ]);
  });

  it("let a minimum that was set by hand raise the number at once, and wait for nothing afterwards", () => {
    const behavior = {
      scaleUp: { policies: [pods(1, 60)] },
      scaleDown: { policies: [pods(1, 60)] },
    };
    const seconds = [
      [0, 3],
      [20, 6],
      [50, 5],
    ] as const;
    const judge = (minReplicas: number, toMs = 30_000) =>
      brokenRules(levels(...seconds), scaler(behavior), 5_000, [
        { fromMs: 10_000, toMs, minReplicas },
      ]).map(({ what }) => what);
    expect(judge(6)).to.deep.equal([]);
    // Not as high, or not any more: then it was the autoscaler's own doing.
    const own = [
      "from 3 to 6 pods at once, scaleUp allows 4",
      "from 6 to 5 pods inside scaleDown's stabilization",
    ];
    expect(judge(5)).to.deep.equal(own);
    expect(judge(6, 19_000)).to.deep.equal(own);
  });

  it("know a lower minimum that was set by hand while it is in force", () => {
    const judge = (toMs: number) =>
      brokenRules(levels([0, 2], [400, 1]), scaler(), 5_000, [
        { fromMs: 10_000, toMs, minReplicas: 1 },
      ]).map(({ what }) => what);
    expect(judge(400_000)).to.deep.equal([]);
    expect(judge(399_000)).to.deep.equal(["below minReplicas 2"]);
  });

  it("are never broken by steps as large as a policy allows, one period apart", () =>
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 8, max: 120 }),
        fc.integer({ min: 1, max: 4 }),
        (value, period, steps) => {
          const climb = Array.from(
            { length: steps + 1 },
            (_, n) => [n * period, 2 + n * value] as const,
          );
          expect(broken({ scaleUp: { policies: [pods(value, period)] } }, ...climb)).to.deep.equal(
            [],
          );
          const tooSoon = [
            [0, 2],
            [1, 2 + value],
            [period - 5.1, 3 + value],
          ] as const;
          const rules = { scaleUp: { policies: [pods(value, period)] } };
          expect(broken(rules, ...tooSoon)).to.have.length(1);
        },
      ),
    ));
});
