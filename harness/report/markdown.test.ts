import { expect } from "chai";
import { markdownSummary } from "./markdown.js";
import { sample } from "./sample.js";

describe("summary.md", () => {
  it("begins with verdict and cause", () => {
    const [first, second, third] = markdownSummary(sample({ verdict: "fail" }).record).split("\n");
    expect(first).to.equal("## ✗ FAIL: gateway-kill");
    expect(second).to.equal("");
    expect(third).to.match(/^\*\*zero-loss: 1 acknowledged span never arrived/);
  });

  it("has limit and actual value side by side, and the reason of what did not pass only", () => {
    const text = markdownSummary(sample({ verdict: "fail" }).record);
    expect(text).to.match(
      /\| ✗ FAIL \| `zero-loss` \| 0 unexplained.* \| 1 unexplained.* \| 1 span/,
    );
    expect(text).to.match(/\| ✓ PASS \| `recovery-time` \| 45\.0 s \| 4\.1 s \|  \|/);
  });

  it("says where items were lost, and marks what nothing explains", () => {
    const text = markdownSummary(sample({ verdict: "fail" }).record);
    expect(text).to.match(/\| 1 span \| somewhere .* \| \*\*unexplained\*\* \|/);
    expect(text).to.contain("contrib\\#26490");
  });

  it("says how many planted defects were caught, and names those that were missed", () => {
    const { record } = sample();
    expect(markdownSummary(record)).to.not.contain("planted");
    const defect = { says: "a span is missing", expected: { "zero-loss": "fail" as const } };
    const defects = [
      { ...defect, seen: defect.expected, caught: true },
      { ...defect, says: "a log is missing", seen: {}, caught: false },
    ];
    const plantedDefects = { plantedAt: record.finishedAt, defects };
    const text = markdownSummary({ ...record, plantedDefects });
    expect(text).to.contain("1 of 2 planted defects were caught.");
    expect(text).to.contain("- missed: a log is missing (changed: nothing)");
    expect(text).to.not.contain("missed: a span");
  });

  it("ends with the command that repeats the run", () => {
    expect(markdownSummary(sample().record)).to.contain(
      "```sh\nnpx chaos run gateway-kill --seed 42\n```",
    );
  });

  it("lets no text of the run become markup or a mention", () => {
    const { record } = sample();
    const hostile = "@everyone | <img src=x> `tick` [a](b)\n## Heading ```";
    const invariants = record.invariants.map((one) => ({ ...one, actual: hostile }));
    const text = markdownSummary({ ...record, headline: hostile, command: hostile, invariants });
    const withoutCommand = text.slice(0, text.indexOf("### Repeat"));
    expect(withoutCommand).to.not.match(/<img|@everyone|\n## Heading|[^\\]\[a/);
    const row = withoutCommand.split("\n").find((line) => line.includes("zero-loss"))!;
    expect(row.replaceAll("\\|", "").split("|")).to.have.length(7);
    expect(text).to.contain("````sh\n");
  });
});
