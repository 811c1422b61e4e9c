/** Decides whether a version may be released. What is required and was not seen is missing. */
import { countsOf } from "./index-file.js";
import { formatCount } from "./format.js";
import type { RunRecord } from "../model/run-record.js";
import { SIGN_OFF_SCHEMA_VERSION, type SignOff } from "./sign-off-record.js";
import {
  runTroubles,
  type RequiredScenario,
  type RunOnFile,
  type SignOffInput,
} from "./sign-off-input.js";
import { causeOf } from "./verdict-words.js";
import { covers, isExpired, type Waiver } from "./waivers.js";

export function signOff(input: SignOffInput): SignOff {
  const { version, suite, now, repetitions, strict } = input;
  const released = releasedBy(input);
  const explainedLoss = explainedLossOf(input);
  const plantedDefects = plantedDefectsOf(input.runs);
  const missing = [
    ...input.unreadable,
    ...input.required.flatMap((scenario) => scenarioTroubles(scenario, input)),
    ...sameness(input),
    ...leftOut(input),
    ...explainedLoss
      .filter(({ waiver }) => waiver === null)
      .map(
        ({ scenario, rule, items }) =>
          `${scenario}: no valid waiver accepts the loss of ${formatCount(items)} items by this rule: ${rule}`,
      ),
    ...plantedTroubles(plantedDefects),
  ];
  return {
    schemaVersion: SIGN_OFF_SCHEMA_VERSION,
    version,
    suite,
    createdAt: now.toISOString(),
    decision: missing.length === 0 ? "approved" : "NOT APPROVED",
    missing,
    demanded: { repetitions, strict },
    released,
    scenarios: input.required.map((scenario) => ({
      name: scenario.name,
      control: scenario.control,
      runs: runsOf(scenario, input).map((run) => signedRun(run, scenario, input)),
    })),
    explainedLoss,
    unusedWaivers: input.waivers.filter((waiver) => !isUsed(waiver, input)).map(describeWaiver),
    plantedDefects,
  };
}

const runsOf = ({ name }: RequiredScenario, { runs }: SignOffInput): readonly RunOnFile[] =>
  runs.filter(({ record }) => record.scenario.name === name);

function signedRun(
  { record, path, sha256 }: RunOnFile,
  scenario: RequiredScenario,
  input: SignOffInput,
): SignOff["scenarios"][number]["runs"][number] {
  return {
    runId: record.runId,
    verdict: record.verdict,
    good: runTroubles(record, scenario, input).length === 0,
    headline: causeOf(record),
    seed: record.seed,
    strict: record.strict,
    startedAt: record.startedAt,
    path,
    sha256,
  };
}

/** Only good runs count as repetitions, and a run that is not good is missing by itself. */
function scenarioTroubles(scenario: RequiredScenario, input: SignOffInput): string[] {
  const troubles = runsOf(scenario, input).map(({ record }) => ({
    runId: record.runId,
    found: runTroubles(record, scenario, input),
  }));
  const good = troubles.filter(({ found }) => found.length === 0).length;
  const few =
    good < input.repetitions
      ? [
          `${scenario.name}: ${String(good)} of ${String(input.repetitions)} good runs that are required`,
        ]
      : [];
  return [
    ...few,
    ...troubles.flatMap(({ runId, found }) =>
      found.map((trouble) => `${scenario.name} ${runId}: ${trouble}`),
    ),
  ];
}

/** One commit, one set of images, one configuration of each deployment but those of controls. */
function sameness(input: SignOffInput): string[] {
  const commits = distinct(input.runs.map(({ record }) => record.environment.git.sha));
  const images = distinct(input.runs.map(({ record }) => imagesText(record)));
  const configurations = deploymentsOf(input);
  const names = configurations.map(({ name }) => name);
  return [
    ...(commits.length > 1 ? [`the runs are of different commits: ${commits.join(", ")}`] : []),
    ...(images.length > 1 ? ["the runs are of different images (by name and digest)"] : []),
    ...(input.runs.length > 0 && images.includes("") ? ["a run names no image by its digest"] : []),
    ...distinct(names.filter((name, index) => names.indexOf(name) !== index)).map(
      (name) => `the runs are of different configurations of the deployment ${name}`,
    ),
  ];
}

const distinct = (texts: readonly string[]): string[] => [...new Set(texts)];

const imagesText = ({ environment }: RunRecord): string =>
  environment.images
    .map(({ name, digest }) => `${name}@${digest}`)
    .sort()
    .join(" ");

function deploymentsOf({ runs, required }: SignOffInput): SignOff["released"]["deployments"] {
  const controls = new Set(required.filter(({ control }) => control).map(({ name }) => name));
  const pairs = runs
    .filter(({ record }) => !controls.has(record.scenario.name))
    .map(({ record: { deployment, audited } }) => {
      const name = audited ? `${deployment.name}, audited` : deployment.name;
      return `${name}\n${deployment.configSha256}`;
    });
  return distinct(pairs)
    .sort()
    .map((pair) => {
      const [name = "", configSha256 = ""] = pair.split("\n");
      return { name, configSha256 };
    });
}

function releasedBy(input: SignOffInput): SignOff["released"] {
  const commits = distinct(input.runs.map(({ record }) => record.environment.git.sha));
  const images = input.runs.flatMap(({ record }) => record.environment.images);
  const byText = new Map(images.map((image) => [`${image.name}@${image.digest}`, image]));
  return {
    commit: commits.length === 1 ? (commits[0] ?? null) : null,
    images: [...byText.keys()].sort().flatMap((text) => byText.get(text) ?? []),
    deployments: deploymentsOf(input),
  };
}

/** A failure is not undone by giving only the runs that passed. */
function leftOut({ others, runs, required }: SignOffInput): string[] {
  const commits = new Set(runs.map(({ record }) => record.environment.git.sha));
  const names = new Set(required.map(({ name }) => name));
  const given = new Set(runs.map(({ record }) => record.runId));
  return others
    .filter((line) => commits.has(line.gitSha) && names.has(line.scenario))
    .filter((line) => !given.has(line.runId) && !line.dirty && countsOf(line) === "fail")
    .map(({ scenario, runId }) => `${scenario} ${runId}: failed on this commit and was left out`);
}

/** The largest loss by each rule of each scenario that is no control, with the waiver that accepts it. */
function explainedLossOf({ runs, required, waivers, now }: SignOffInput): SignOff["explainedLoss"] {
  const controls = new Set(required.filter(({ control }) => control).map(({ name }) => name));
  const most = new Map<string, { scenario: string; rule: string; items: number }>();
  for (const { record } of runs) {
    const scenario = record.scenario.name;
    if (controls.has(scenario)) continue;
    const own = new Map<string, number>();
    for (const { rule, items } of record.losses) {
      if (rule !== null) own.set(rule, (own.get(rule) ?? 0) + items);
    }
    for (const [rule, items] of own) {
      const key = `${scenario} ${rule}`;
      most.set(key, { scenario, rule, items: Math.max(items, most.get(key)?.items ?? 0) });
    }
  }
  return [...most.values()].map((loss) => {
    const waiver = waivers.find((one) => covers(one, loss.scenario, loss) && !isExpired(one, now));
    if (waiver === undefined) return { ...loss, waiver: null };
    const { owner, reason, expires } = waiver;
    return { ...loss, waiver: { owner, reason, expires } };
  });
}

const isUsed = (waiver: Waiver, { runs, now }: SignOffInput): boolean =>
  !isExpired(waiver, now) &&
  runs.some(({ record }) =>
    record.losses.some((loss) => covers(waiver, record.scenario.name, loss)),
  );

const describeWaiver = ({ scenario, invariant, rule, owner, expires }: Waiver): string =>
  `${scenario}, ${rule ?? invariant ?? ""}, of ${owner}, until ${expires}`;

function plantedDefectsOf(runs: readonly RunOnFile[]): SignOff["plantedDefects"] {
  const [most] = runs
    .flatMap(({ record: { runId, plantedDefects } }) => {
      if (plantedDefects === undefined) return [];
      const { defects } = plantedDefects;
      const caught = defects.filter((defect) => defect.caught).length;
      return [{ runId, caught, planted: defects.length }];
    })
    // A run in which one was missed speaks for the judge, whatever others say.
    .sort((a, b) => b.planted - b.caught - (a.planted - a.caught) || b.planted - a.planted);
  return most ?? null;
}

function plantedTroubles(planted: SignOff["plantedDefects"]): string[] {
  if (planted === null || planted.planted === 0) {
    return ["no defects were planted in any of these runs: chaos mutate RUN proves the judge"];
  }
  const missed = planted.planted - planted.caught;
  return missed === 0
    ? []
    : [
        `${planted.runId}: the judge missed ${formatCount(missed)} of ${formatCount(planted.planted)} planted defects`,
      ];
}
