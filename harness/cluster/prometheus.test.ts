import { expect } from "chai";
import { parsePrometheus } from "./prometheus.js";

describe("parsePrometheus", () => {
  it("reads names, sorted labels and values, and drops what only names the process", () => {
    const text = [
      "# HELP otelcol_exporter_queue_size Current size",
      "# TYPE otelcol_exporter_queue_size gauge",
      'otelcol_exporter_queue_size{service_version="0.96.0",exporter="otlp/traces",a="1"} 12',
      "otelcol_process_uptime 3.5e+02",
      "",
    ].join("\n");
    expect(parsePrometheus(text)).to.deep.equal([
      {
        metric: "otelcol_exporter_queue_size",
        labels: '{a="1",exporter="otlp/traces"}',
        value: 12,
      },
      { metric: "otelcol_process_uptime", labels: "", value: 350 },
    ]);
  });

  it("keeps braces, commas and escaped quotes inside a label", () => {
    const [sample] = parsePrometheus('m{a="x,}\\"{y",b="z"} 1 1700000000000');
    expect(sample).to.deep.equal({ metric: "m", labels: '{a="x,}\\"{y",b="z"}', value: 1 });
  });

  it("reads infinities, and passes over what is no sample", () => {
    expect(parsePrometheus('b{le="+Inf"} +Inf\n<html>\nnot a sample at all').length).to.equal(1);
    expect(parsePrometheus("b -Inf")[0]?.value).to.equal(-Infinity);
  });
});
