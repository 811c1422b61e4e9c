/** Before anything is deployed: the images of a run's collectors are on the nodes, and each takes its configuration. */
import { IMAGES } from "kind-node";
import { checkedDeployment } from "../check/checked-deployment.js";
import { validateCollector } from "../check/validate-collectors.js";
import { UsageError } from "../model/errors.js";
import { deploymentText, type Scenario } from "../model/scenario.js";
import { parseManifests } from "../oracle/manifests.js";
import { collectorImages } from "./collector-image.js";
import { dockerValidator } from "./docker-validator.js";
import type { Run } from "./run-state.js";

/** UsageError for a collector that refuses its configuration; another image than the guide's is put onto the nodes. */
export async function provideCollectors(run: Run): Promise<void> {
  const { session, scenario, appliedYaml } = run;
  const images = collectorImages(parseManifests(appliedYaml));
  const isGuides = images.every((image) => image === IMAGES.collector);
  // What lies in fixtures is known to be taken by the guide's collector.
  if (isGuides && !scenario.deployment.startsWith("/")) return;
  run.collectors = await session.cluster.putCollectors(images);
  session.progress.status("asking the collectors whether they take their configuration");
  await demandAccepted(appliedYaml, scenario);
}

/** Asks each collector's own program. */
async function demandAccepted(yaml: string, scenario: Scenario): Promise<void> {
  const deployment = checkedDeployment({
    source: deploymentText(scenario),
    objects: parseManifests(yaml),
    origins: new Map(),
    files: [],
    beside: [],
    expectations: {},
  });
  for (const collector of deployment.collectors) {
    const { findings } = await validateCollector(collector, deployment, dockerValidator);
    const fatal = findings.find(({ severity }) => severity === "fatal");
    if (fatal !== undefined) {
      throw new UsageError(`${deploymentText(scenario)}: ${fatal.why} ${fatal.fix}`);
    }
  }
}
