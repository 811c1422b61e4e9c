/** The directory of a run that never happened, for tests: what `chaos analyze` needs, and nothing more. */
import { join } from "node:path";
import { START_MS, writeStory } from "../invariants/test-history.js";
import type { Story } from "../invariants/test-story.js";
import { RUN_SCHEMA_VERSION } from "../model/run-record.js";
import { deploymentFacts } from "../oracle/deployment-facts.js";
import { settings } from "../oracle/settings.js";
import { HISTORY_DIR } from "./analyze.js";
import { faultRecords, phaseSpans, writeContext } from "./context.js";

/** Seals the history of a story in `runDir` (made if need be) and describes it. */
export async function writeRunDirectory(runDir: string, story: Story): Promise<void> {
  const input = await writeStory(join(runDir, HISTORY_DIR), story);
  const { scenario } = input;
  const finishedMs = START_MS + 300_000;
  await writeContext(runDir, {
    schemaVersion: RUN_SCHEMA_VERSION,
    runId: input.runId,
    scenario: { name: scenario.name, description: scenario.description, spec: { ...scenario } },
    seed: input.seed,
    strict: false,
    audited: scenario.audit,
    command: "chaos run story --seed 1",
    startedAt: new Date(START_MS).toISOString(),
    finishedAt: new Date(finishedMs).toISOString(),
    phases: phaseSpans(input.phases, finishedMs),
    faults: faultRecords(input.faults),
    deployment: {
      name: scenario.deployment,
      configSha256: "",
      corrections: [],
      kindSized: [],
      audit: [],
      settings: settings(deploymentFacts(input.renderedYaml)),
    },
    environment: {
      git: { sha: "", dirty: false },
      versions: {},
      images: [],
      corefile: input.corefile,
      egressGuard: "",
    },
    figures: {},
  });
}
