/** A collector is asked again without what it refused, and nothing is claimed that it was not asked. */
import { expect } from "chai";
import { parse } from "yaml";
import { checkDeployment, type CheckResult } from "./check-deployment.js";
import { changed, HEALTHY, inputOf, type Change } from "./test-deployment.js";
import type { Answer, Validation, Validator } from "./validate-collectors.js";

const check = (validator: Validator, ...changes: readonly Change[]): Promise<CheckResult> =>
  checkDeployment(inputOf(changed(HEALTHY, changes)), validator);

const refused = (output: string, partial = false): Answer => ({ kind: "refused", output, partial });
const ACCEPTED: Answer = { kind: "accepted" };
/** The gateways' second mistake shows only when the first is gone. */
const BAD: readonly Change[] = [
  ["check_interval: 1s", "check_intervall: 1s"],
  ["      tail_sampling:", "      spanmetrics: {}\n      tail_sampling:"],
  ["[memory_limiter, tail_sampling]", "[spanmetrics, tail_sampling]"],
];
const TYPE = `Error: failed to get config: cannot unmarshal the configuration: 1 error(s) decoding:

* error decoding 'processors': unknown type: "spanmetrics" for id: "spanmetrics" (valid values: [batch tail_sampling])`;
const KEY = `* error decoding 'processors': error reading configuration for "memory_limiter": 1 error(s) decoding:

* '' has invalid keys: check_intervall`;

describe("a collector's own validation", () => {
  it("is asked again until it accepts, and each mistake is found at its line", async () => {
    const asked: Validation[] = [];
    const { findings, validation } = await check(
      (one) => {
        const text = one.texts.join("");
        if (!text.includes("tail_sampling")) return Promise.resolve(ACCEPTED);
        asked.push(one);
        if (text.includes("spanmetrics")) return Promise.resolve(refused(TYPE));
        return Promise.resolve(text.includes("intervall") ? refused(KEY) : ACCEPTED);
      },
      ...BAD,
    );
    const told = findings.filter((one) => one.check === "collector-refuses");
    const lines = changed(HEALTHY, BAD).split("\n");
    expect(told.map(({ place }) => lines[place.line - 1]!.trim())).to.deep.equal([
      "check_intervall: 1s",
      "spanmetrics: {}",
    ]);
    expect(asked.length).to.equal(3);
    expect(asked[0]!.directories).to.deep.equal(["/queue"]);
    const last = parse(asked[2]!.texts[0]!) as { service: { pipelines: unknown } };
    expect(last.service.pipelines).to.deep.equal({
      traces: { receivers: ["otlp"], processors: ["tail_sampling"], exporters: ["otlp"] },
    });
    expect(validation.map(({ notRun }) => notRun)).to.deep.equal([null, null]);
  });

  it("ends when the collector repeats itself", async () => {
    const { findings } = await check(() => Promise.resolve(refused("Error: something new")));
    const told = findings.filter((one) => one.check === "collector-refuses");
    expect(told.map(({ severity }) => severity)).to.deep.equal(["fatal", "fatal"]);
  });

  it("that was not run is said, and is no finding", async () => {
    const why = "Docker is not installed";
    const { validation, counts } = await check(() => Promise.resolve({ kind: "unavailable", why }));
    expect(validation.map(({ notRun }) => notRun)).to.deep.equal([why, why]);
    expect(counts.fatal).to.equal(0);
  });

  it("of an image with a part of its components leaves an unknown type open", async () => {
    const output = TYPE.replaceAll("spanmetrics", "k8sattributes");
    const partial = await check(() => Promise.resolve(refused(output, true)));
    expect(partial.counts.fatal).to.equal(0);
    expect(partial.findings[0]!.why).to.contain("was not checked");
    expect((await check(() => Promise.resolve(refused(output)))).counts.fatal).to.equal(2);
    // No image has it any more.
    expect((await check(() => Promise.resolve(refused(TYPE, true)))).counts.fatal).to.equal(2);
  });

  it("of an image without tail sampling is one finding, at the image", async () => {
    const { findings } = await check(({ texts }) =>
      Promise.resolve(
        texts.join("").includes("tail_sampling:")
          ? refused(TYPE.replaceAll("spanmetrics", "tail_sampling"))
          : ACCEPTED,
      ),
    );
    const [first] = findings;
    expect(first).to.include({ severity: "fatal", check: "collector-image" });
    expect(first!.why).to.contain("has no processor tail_sampling");
    expect(HEALTHY.split("\n")[first!.place.line - 1]).to.contain("image: otel/");
  });

  it("gets the variables that the container gets, and stand-ins for what only the cluster knows", async () => {
    const environments: unknown[] = [];
    await check(
      ({ environment }) => {
        environments.push(environment);
        return Promise.resolve(ACCEPTED);
      },
      [
        "          ports:\n",
        "          env:\n            - { name: A, value: b }\n            - name: IP\n" +
          "              valueFrom: { fieldRef: { fieldPath: status.podIP } }\n          ports:\n",
      ],
    );
    expect(environments).to.deep.include({ A: "b", IP: "127.0.0.1" });
  });
});
