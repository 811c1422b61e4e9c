/** The outputs are those of a real collector 0.96.0, shortened where a line repeats. */
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

  it("in an unknown format is kept whole", () => {
    expect(problemsIn("Error: something new")).to.deep.equal([
      { kind: "value", path: [], says: "something new" },
    ]);
  });
});
