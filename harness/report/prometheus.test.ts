import { expect } from "chai";
import { prometheusText } from "./prometheus.js";
import { sample } from "./sample.js";

/** The text format: comments, or a sample of a name, labels in order, and a number. */
const LINE =
  /^(# (HELP|TYPE) \w+ .+|[a-z_]+\{([a-z_]+="([^"\\\n]|\\["\\n])*",?)*\} -?[\d.]+(e-?\d+)?)$/;

describe("metrics.prom", () => {
  const { record } = sample({ verdict: "fail" });
  const text = prometheusText(record);
  const value = (sampleName: string): string | undefined =>
    text
      .split("\n")
      .find((line) => line.startsWith(sampleName))
      ?.split(" ")
      .at(-1);

  it("is the text format, with help and type once for each name before its samples", () => {
    const lines = text.trimEnd().split("\n");
    for (const line of lines) expect(line).to.match(LINE);
    let current = "";
    const seen = new Set<string>();
    for (const line of lines) {
      const name = /^# HELP (\w+)/.exec(line)?.[1];
      if (name !== undefined) {
        expect(seen.has(name), name).to.equal(false);
        seen.add(name);
        current = name;
      } else expect(line.replace("# TYPE ", "")).to.match(new RegExp(`^${current}[ {]`));
    }
  });

  it("has no sample twice", () => {
    const twice = { ...record, phases: [...record.phases, ...record.phases] };
    const names = prometheusText(twice)
      .split("\n")
      .filter((line) => line !== "" && !line.startsWith("#"))
      .map((line) => line.slice(0, line.lastIndexOf(" ")));
    expect(new Set(names).size).to.equal(names.length);
  });

  it("tells the verdict, the books, and times in seconds", () => {
    const common = 'scenario="gateway-kill",deployment="corrected"';
    expect(value(`agw_chaos_run_verdict{${common},verdict="fail"}`)).to.equal("1");
    expect(value(`agw_chaos_run_verdict{${common},verdict="pass"}`)).to.equal("0");
    const lost = `agw_chaos_run_items{${common},signal="traces",state="lost_unexplained"}`;
    expect(value(lost)).to.equal("1");
    const p99 = `{${common},signal="traces",quantile="0.99"}`;
    expect(value(`agw_chaos_run_delivery_latency_seconds${p99}`)).to.equal("41.8");
    expect(value(`agw_chaos_run_duration_seconds{${common}}`)).to.equal("230");
  });

  it("escapes labels, and leaves out what was not measured", () => {
    const old = { ...record };
    delete old.delivery;
    const scenario = { ...record.scenario, name: 'a "b"\\\n} 1' };
    const hostile = prometheusText({ ...old, scenario });
    expect(hostile).to.contain('scenario="a \\"b\\"\\\\\\n} 1"');
    expect(hostile).to.not.contain("latency");
  });
});
