import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect } from "chai";
import { keptOnce } from "./kept-once.js";
import { parsePrometheus } from "./prometheus.js";

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

const SCRAPES = 80;

/** 70 KB, of which the values differ from scrape to scrape. */
const scrape = (n: number): string =>
  Array.from(
    { length: 700 },
    (_, metric) =>
      `otelcol_exporter_sent_spans_${String(metric)}{exporter="otlp/traces",endpoint="10.244.1.5"} ${String(n)}\n`,
  ).join("");

describe("names that are kept", () => {
  it("are as they were, and one for equal ones", () => {
    const once = keptOnce();
    const [first, second] = [1, 1].map((n) => once(`{a="é${String(n)}"}`));
    expect(first).to.equal(`{a="é1"}`);
    expect(second).to.equal(first);
  });

  it("do not keep the scrapes that they were read from", () => {
    const once = keptOnce();
    collectGarbage();
    const before = process.memoryUsage().heapUsed;
    const kept: string[] = [];
    for (let n = 0; n < SCRAPES; n++) {
      // As it comes from the network: one text, not the pieces that it was made of.
      const samples = parsePrometheus(Buffer.from(scrape(n)).toString());
      for (const { metric, labels } of samples.slice(0, 5)) kept.push(once(metric), once(labels));
    }
    collectGarbage();
    const grownMb = (process.memoryUsage().heapUsed - before) / 1e6;
    expect(kept.length).to.equal(SCRAPES * 10);
    expect(grownMb).to.be.below(3);
  });
});
