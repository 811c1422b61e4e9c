import { expect } from "chai";
import type { Judged } from "./classify.js";
import { unlessExcused } from "./excuses.js";
import { result } from "./result.js";

describe("an overloaded agent", () => {
  const judged = {
    history: { facts: { topologyGaps: [] } },
    topology: [],
    calibrationStartMs: 0,
    troubles: { unwatched: [], overloaded: ["agent-1"] },
  } as unknown as Judged;
  const found = (kind: "trace-affinity" | "integrity", verdict: "fail" | "pass") =>
    unlessExcused(result(kind, "", verdict, { limit: "", actual: "", reason: "found" }), judged);

  it("may excuse what rests on the time in which agents route, and nothing else", () => {
    expect(found("trace-affinity", "fail")).to.include({
      verdict: "inconclusive",
      reason:
        "found; but agent-1 had more than it can carry, and may route and hand on later than its settings say",
    });
    expect(found("trace-affinity", "pass").verdict).to.equal("pass");
    expect(found("integrity", "fail").verdict).to.equal("fail");
  });
});
