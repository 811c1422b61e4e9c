/** The outputs are those of real collectors, 0.96.0 unless a test says otherwise, shortened where a line repeats. */
import { expect } from "chai";
import { problemsIn } from "./parse-validation.js";

describe("what validate objects to", () => {
  it("is read section by section, with the setting's path", () => {
    const output = `Error: failed to get config: cannot unmarshal the configuration: 3 error(s) decoding:

* 'service.telemetry.metrics' has invalid keys: adress
* error decoding 'exporters': error reading configuration for "otlp/traces": 1 error(s) decoding:

* 'retry_on_failure' has invalid keys: initial_intrval
* error decoding 'processors': error reading configuration for "batch": 1 error(s) decoding:

* error decoding 'timeout': time: invalid duration "soon"
* error decoding 'receivers': unknown type: "otpl" for id: "otpl/a" (valid values: [otlp jaeger])
2026/11/25 19:04:26 collector stopped with an error: failed to get config: the same again
* 'service.telemetry.metrics' has invalid keys: adress`;
    expect(problemsIn(output)).to.deep.equal([
      { kind: "keys", path: ["service", "telemetry", "metrics"], keys: ["adress"] },
      {
        kind: "keys",
        path: ["exporters", "otlp/traces", "retry_on_failure"],
        keys: ["initial_intrval"],
      },
      {
        kind: "value",
        path: ["processors", "batch", "timeout"],
        says: `error decoding 'timeout': time: invalid duration "soon"`,
      },
      { kind: "type", path: ["receivers", "otpl/a"], type: "otpl", valid: ["jaeger", "otlp"] },
    ]);
  });

  it("is an element of a list, a whole configuration, or what the configuration means", () => {
    const component = 'error reading configuration for "tail_sampling": 1 error(s) decoding:';
    const element = `* error decoding 'processors': ${component}

* cannot parse 'policies[2].probabilistic.sampling_percentage' as float`;
    expect(problemsIn(element).map(({ path }) => path)).to.deep.equal([
      ["processors", "tail_sampling", "policies", 2, "probabilistic", "sampling_percentage"],
    ]);
    expect(problemsIn("* '' has invalid keys: servce")).to.deep.equal([
      { kind: "keys", path: [], keys: ["servce"] },
    ]);
    const reference = 'references exporter "otlp/trace" which is not configured';
    expect(problemsIn(`Error: service::pipelines::traces: ${reference}`)).to.deep.equal([
      { kind: "meaning", path: ["service", "pipelines", "traces"], says: reference },
    ]);
  });

  it("is read as 0.115.0 prints it, between the two", () => {
    const failed = "decoding failed due to the following error(s):";
    const of = (section: string, id: string): string =>
      `error decoding '${section}': error reading configuration for "${id}": ${failed}`;
    const output = `Error: failed to get config: cannot unmarshal the configuration: ${failed}

${of("exporters", "loadbalancing")}

'resolver.dns.port' expected type 'string', got unconvertible type 'int', value: '4317'
${of("processors", "tail_sampling")}

'' has invalid keys: drop_pending_traces_on_shutdown
error decoding 'exporters': unknown type: "load_balancing" for id: "load_balancing/logs" (valid values: [otlp debug])
2026/11/26 02:15:45 collector stopped with an error: failed to get config: cannot unmarshal`;
    expect(problemsIn(output)).to.deep.equal([
      {
        kind: "value",
        path: ["exporters", "loadbalancing", "resolver", "dns", "port"],
        says: "'resolver.dns.port' expected type 'string', got unconvertible type 'int', value: '4317'",
      },
      {
        kind: "keys",
        path: ["processors", "tail_sampling"],
        keys: ["drop_pending_traces_on_shutdown"],
      },
      {
        kind: "type",
        path: ["exporters", "load_balancing/logs"],
        type: "load_balancing",
        valid: ["debug", "otlp"],
      },
    ]);
  });

  it("is read as 0.161.0 nests it", () => {
    const failed =
      "Error: failed to get config: cannot unmarshal the configuration: decoding failed";
    const output = `${failed} due to the following error(s):

'processors' unknown type: "tail_samplings" for id: "tail_samplings" (valid values: [batch tail_sampling])
'exporters' error reading configuration for "otlp/metrics": decoding failed due to the following error(s):

'sending_queue' decoding failed due to the following error(s):

'' decoding failed due to the following error(s):

'queuebatch.Config' has invalid keys: queue_siz
'exporters' error reading configuration for "loadbalancing": decoding failed due to the following error(s):

'resolver.dns' decoding failed due to the following error(s):

'port' expected type 'string', got unconvertible type 'int'
'service.telemetry.metrics' decoding failed due to the following error(s):

'migration.MetricsConfigV030' has invalid keys: address
2026/11/25 23:46:29 collector stopped with an error: failed to get config: cannot unmarshal`;
    expect(problemsIn(output)).to.deep.equal([
      {
        kind: "type",
        path: ["processors", "tail_samplings"],
        type: "tail_samplings",
        valid: ["batch", "tail_sampling"],
      },
      {
        kind: "keys",
        path: ["exporters", "otlp/metrics", "sending_queue"],
        keys: ["queue_siz"],
      },
      {
        kind: "value",
        path: ["exporters", "loadbalancing", "resolver", "dns", "port"],
        says: "'port' expected type 'string', got unconvertible type 'int'",
      },
      { kind: "keys", path: ["service", "telemetry", "metrics"], keys: ["address"] },
    ]);
  });

  it("in an unknown format is kept whole", () => {
    expect(problemsIn("Error: something new")).to.deep.equal([
      { kind: "value", path: [], says: "something new" },
    ]);
  });
});
