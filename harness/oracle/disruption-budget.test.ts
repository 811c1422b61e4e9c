import { expect } from "chai";
import { minReadyOf, selects } from "./disruption-budget.js";

const budget = (spec: object) => ({ spec });

describe("a disruption budget", () => {
  it("keeps a number or a share of the expected pods, shares rounded up", () => {
    expect(minReadyOf(budget({ minAvailable: 2 }), 3)).to.equal(2);
    expect(minReadyOf(budget({ minAvailable: "50%" }), 3)).to.equal(2);
    expect(minReadyOf(budget({ maxUnavailable: 1 }), 3)).to.equal(2);
    expect(minReadyOf(budget({ maxUnavailable: "50%" }), 3)).to.equal(1);
    expect(minReadyOf(budget({ maxUnavailable: 5 }), 3)).to.equal(0);
    expect(minReadyOf(budget({}), 3)).to.equal(null);
  });

  it("is that of a workload when its pods have all labels of the selector", () => {
    const workload = { spec: { template: { metadata: { labels: { app: "a", tier: "b" } } } } };
    const of = (matchLabels: object) => budget({ selector: { matchLabels } });
    expect(selects(of({ app: "a" }), workload)).to.equal(true);
    expect(selects(of({ app: "a", tier: "c" }), workload)).to.equal(false);
    expect(selects(budget({}), workload)).to.equal(false);
  });
});
