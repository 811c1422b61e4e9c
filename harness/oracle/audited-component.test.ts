import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { parse } from "yaml";
import { exporterOf } from "./collector-config.js";
import { at, durationOr, mappingOf, type Mapping } from "./untyped.js";

const DEPLOYMENTS = join(import.meta.dirname, "../../fixtures/deployments");
const config = async (file: string): Promise<Mapping> =>
  mappingOf(parse(await readFile(join(DEPLOYMENTS, file), "utf8")));

describe("the audited component", () => {
  it("adds a pipeline without processors for each signal and one exporter, nothing else", async () => {
    const { exporters, service, ...rest } = await config("audited/audit.yaml");
    expect(rest).to.deep.equal({});
    expect(Object.keys(mappingOf(exporters))).to.deep.equal(["otlp/audit"]);
    const pipeline = { receivers: ["otlp"], exporters: ["otlp/audit"] };
    expect(service).to.deep.equal({
      pipelines: { "traces/audit": pipeline, "metrics/audit": pipeline, "logs/audit": pipeline },
    });
  });

  it("has a record before the gateway answers, and gives up before its agents do", async () => {
    const settings = at(await config("audited/audit.yaml"), "exporters", "otlp/audit");
    const agent = await config("corrected/agent-config.yaml");
    const agentTimeout = at(agent, "exporters", "loadbalancing", "protocol", "otlp", "timeout");
    const { queue, timeoutMs, retryForMs } = exporterOf(settings, () => "memory");
    expect(queue).to.equal(null);
    expect(retryForMs + timeoutMs).to.be.lessThan(durationOr(agentTimeout, 0));
  });
});
