import { expect } from "chai";
import { judgeStory } from "./test-history.js";
import { readStory } from "./test-story.js";

describe("the evidence of zero-loss", () => {
  it("has of a lost item its predicted owner, the epochs, the nearest fault, the place and the rule", async () => {
    const { invariants } = await judgeStory(readStory("slow-recovery"));
    const { columns, rows, total } = invariants.find(({ kind }) => kind === "zero-loss")!.evidence;
    expect(total).to.equal(1);
    const row = Object.fromEntries(columns.map((name, index) => [name, rows[0]![index]]));
    expect(row).to.include({
      signal: "logs",
      id: "lost",
      predicted_owner: "10.244.1.5 or 10.244.2.7",
      epoch: "1 or 2",
      nearest_fault: "10.0 s after fault #1",
      place: "agent-to-gateway",
    });
    expect(row["rule"]).to.match(/opentelemetry-collector-contrib#35378/);
  });
});
