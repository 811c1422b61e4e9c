/** All that a run record says beside the judgement: what was run, on what, made of what. */
import { createHash } from "node:crypto";
import { isAbsolute } from "node:path";
import { VERSIONS, type EnsuredImage } from "kind-node";
import { listCorrections } from "../cluster/corrections.js";
import { deploymentChanges } from "../cluster/deployment-changes.js";
import { podImages } from "../cluster/pod-images.js";
import type { BorrowedFacts, ProvisionedCluster } from "../cluster/provision.js";
import { RUN_SCHEMA_VERSION } from "../model/run-record.js";
import type { Scenario } from "../model/scenario.js";
import type { DeploymentFacts } from "../oracle/deployment-facts.js";
import { parseManifests } from "../oracle/manifests.js";
import { settings } from "../oracle/settings.js";
import { collectorImages } from "./collector-image.js";
import { faultRecords, phaseSpans, type RunContext } from "./context.js";
import { gitState } from "./environment.js";
import type { Recorder } from "./recorder.js";
import { deploymentDirectory } from "./deployments-dir.js";
import { render, renderUnsized } from "./render.js";
import type { Session } from "./session.js";

export interface DescribedRun {
  readonly scenario: Scenario;
  readonly session: Session;
  readonly runId: string;
  readonly renderedYaml: string;
  readonly facts: DeploymentFacts;
  readonly collectors: readonly EnsuredImage[];
  readonly record: Recorder;
  readonly startedAt: Date;
}

/** What the guard was seen to do: the checks after provisioning and the packets refused since. */
async function egressSummary(cluster: ProvisionedCluster): Promise<string> {
  const checks = cluster.egress.map(
    ({ node, what, address, outcome, tookMs }) =>
      `${what} ${address} from ${node}: ${outcome} in ${String(tookMs)} ms`,
  );
  const counters = (await cluster.egressCounters()).map((counter) => JSON.stringify(counter));
  return [...checks, ...counters].join("\n");
}

/** What the guide's deployment had to have corrected, in the overlay too; a deployment of the user's is none of it. */
async function correctionsOf({
  deployment,
  overlay,
}: Scenario): Promise<RunContext["deployment"]["corrections"]> {
  if (isAbsolute(deployment)) return [];
  const found = await Promise.all(
    [deployment, ...(overlay === undefined ? [] : [overlay])].map((name) =>
      listCorrections(deploymentDirectory(name)),
    ),
  );
  const corrections = found.flat().map(({ file, why }) => ({ file, why }));
  return corrections.filter(
    (one, index) => corrections.findIndex(({ why }) => why === one.why) === index,
  );
}

/** The tags of the images, or what stands in for a tag. */
const versionsIn = (images: readonly string[]): string =>
  images.map((image) => /[:@]([^:@/]+)$/.exec(image)?.[1] ?? "latest").join(", ");

type Environment = RunContext["environment"];
type ClusterPart = Pick<Environment, "versions" | "images" | "egressGuard" | "borrowed">;

const ownCluster = async (
  cluster: ProvisionedCluster,
  collectors: readonly EnsuredImage[],
): Promise<ClusterPart> => ({
  versions: { node: process.version, ...VERSIONS },
  images: [...cluster.images, ...collectors].map(({ name, digest }) => ({ name, digest })),
  egressGuard: await egressSummary(cluster),
});

/** Nothing of it is of our making, so what it runs is read back from its pods. */
const borrowedCluster = async (
  { client, namespace }: ProvisionedCluster,
  facts: BorrowedFacts,
): Promise<ClusterPart> => ({
  versions: { node: process.version, kubernetes: facts.serverVersion },
  // What was judged does not hang on them: a cluster that does not answer any more loses no run.
  images: await podImages(client, namespace).catch(() => []),
  egressGuard: "none: a borrowed cluster, where nothing keeps packets from leaving",
  borrowed: { ...facts, namespace },
});

/** The context of a run that ends now. */
export async function describeRun(run: DescribedRun): Promise<RunContext> {
  const { scenario, session, record } = run;
  const { options, cluster } = session;
  const finishedAt = new Date();
  const collectors = collectorImages(parseManifests(run.renderedYaml));
  const { kubectl, borrowed } = cluster;
  const wanted = { ...scenario, namespace: borrowed && cluster.namespace };
  const unsized = await renderUnsized(kubectl, wanted);
  const unaudited = await render(kubectl, { ...wanted, audit: false });
  const place =
    borrowed === undefined
      ? await ownCluster(cluster, run.collectors)
      : await borrowedCluster(cluster, borrowed);
  return {
    schemaVersion: RUN_SCHEMA_VERSION,
    runId: run.runId,
    scenario: { name: scenario.name, description: scenario.description, spec: { ...scenario } },
    seed: String(options.seed),
    strict: options.strict,
    ...(scenario.shortenedFromMs === undefined ? {} : { shortened: true }),
    audited: scenario.audit,
    command: options.rerunCommand(scenario.name, cluster.ipFamily),
    startedAt: run.startedAt.toISOString(),
    finishedAt: finishedAt.toISOString(),
    phases: phaseSpans(record.phases, finishedAt.getTime()),
    faults: faultRecords(record.faults),
    deployment: {
      name: scenario.deployment,
      ...(scenario.overlay === undefined ? {} : { overlay: scenario.overlay }),
      collectorImages: [...collectors],
      configSha256: createHash("sha256").update(run.renderedYaml).digest("hex"),
      corrections: await correctionsOf(scenario),
      kindSized: deploymentChanges(unsized, unaudited),
      audit: deploymentChanges(unaudited, run.renderedYaml),
      settings: settings(run.facts),
    },
    environment: {
      git: await gitState(),
      ...place,
      versions: { ...place.versions, collector: versionsIn(collectors) },
      corefile: cluster.corefile,
      ...(cluster.ipFamily === undefined ? {} : { ipFamily: cluster.ipFamily }),
      ...(session.rebuilt === undefined ? {} : { rebuilt: session.rebuilt }),
    },
    figures: {
      provision_ms: session.provisionMs,
      harness_peak_rss_kb: process.resourceUsage().maxRSS,
    },
  };
}
