import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { UsageError } from "../model/errors.js";
import { deploymentChanges } from "../cluster/deployment-changes.js";
import { parseManifests } from "../oracle/manifests.js";
import { renderedDeployment } from "../oracle/test-deployments.js";
import { collectorImages, withCollectorImage } from "./collector-image.js";
import { demandRunnable } from "./demand-runnable.js";
import { demandTaken } from "./overlay-taken.js";

const CORRECTED = readFileSync(
  join(import.meta.dirname, "../../fixtures/histories/deployment.yaml"),
  "utf8",
);

describe("another collector", () => {
  it("is put into every container that runs one, and changes nothing else", () => {
    const image = "example.org/otelcol:1";
    const changed = withCollectorImage(CORRECTED, image);
    expect(deploymentChanges(CORRECTED, changed)).to.have.length(2);
    for (const change of deploymentChanges(CORRECTED, changed)) {
      expect(change).to.match(
        /spec\.template\.spec\.containers\[otel-collector\]\.image \S+:0\.96\.0 -> example\.org\/otelcol:1$/,
      );
    }
    expect(collectorImages(parseManifests(changed))).to.deep.equal([image]);
  });
});

describe("a deployment that a run can use", () => {
  it("has its tiers where a run looks for them", () => {
    expect(() => demandRunnable(CORRECTED)).not.to.throw();
    const renamed = CORRECTED.replace(/(kind: Deployment\n[^]*?name: )otel-gateway/, "$1gateway");
    expect(() => demandRunnable(renamed)).to.throw(
      UsageError,
      "a run finds its gateways as Deployment otel-gateway in the namespace observability",
    );
    const elsewhere = CORRECTED.replaceAll("namespace: observability", "namespace: monitoring");
    expect(() => demandRunnable(elsewhere)).to.throw(
      UsageError,
      "a run finds its agents as DaemonSet",
    );
  });
});

describe("an overlay over another deployment", () => {
  const retries = (yaml: string): string =>
    yaml.replaceAll("max_interval: 60s", "max_interval: 5s");
  const names = { overlay: "short-retries", deployment: "graceful" };

  it("is taken when every setting that it changes has its value there too", () => {
    const base = renderedDeployment("graceful");
    const three = { before: CORRECTED, after: retries(CORRECTED), now: retries(base) };
    expect(() => demandTaken(names, three)).not.to.throw();
  });

  it("is refused with the first setting that it does not reach", () => {
    const now = renderedDeployment("graceful");
    expect(() =>
      demandTaken(names, { before: CORRECTED, after: retries(CORRECTED), now }),
    ).to.throw(
      UsageError,
      /^short-retries over graceful: Deployment otel-gateway: .*retry_on_failure\.max_interval is 60s instead of 5s/,
    );
  });
});
