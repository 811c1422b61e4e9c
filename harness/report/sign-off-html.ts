/** signoff/VERSION.html: one page that can be printed and signed. */
import { formatCount, formatUtc, plural } from "./format.js";
import { html, type Content, type Html } from "./html/escape.js";
import { page, type Section } from "./html/page.js";
import { badge, controlBadge, factList, table, withUpstreamLinks } from "./html/parts.js";
import type { SignOff } from "./sign-off-record.js";

const REQUIRED = { one: "required thing is", many: "required things are" };
const SIGNATURES = ["Prepared by", "Reviewed by", "Released by"] as const;

/** Every string of the record is taken for hostile. */
export function signOffHtml(record: SignOff): string {
  return page({
    title: `${record.version}: ${record.decision}`,
    headline: headline(record),
    sections: [
      missingSection(record),
      releasedSection(record),
      scenariosSection(record),
      lossSection(record),
      signaturesSection(record),
    ],
    source: html`Rendered from the runs’ <code>run.json</code>, schema version
      ${record.schemaVersion}; whoever has the files can check their SHA-256.`,
    scripts: false,
  });
}

function headline(record: SignOff): Html {
  const { version, suite, decision, missing, demanded, released, createdAt } = record;
  const approved = decision === "approved";
  const facts: readonly (readonly [string, string])[] = [
    ["Suite", suite],
    ["Commit", released.commit ?? "not one commit"],
    ["Scenarios that count", goodOf(record, false)],
    ["Controls found out", goodOf(record, true)],
    ["Repetitions", formatCount(demanded.repetitions)],
    ["Loss allowed", demanded.strict ? "none (strict)" : "explained and waived"],
    ["Written", formatUtc(createdAt)],
  ];
  return html`<header class="${approved ? "pass" : "fail"}">
    <p class="kicker">
      Release sign-off <span aria-hidden="true">·</span> <strong>${version}</strong>
    </p>
    <p class="verdict ${approved ? "pass" : "fail"}">
      <span class="mark" aria-hidden="true"><span>${approved ? "✓" : "✗"}</span></span
      >${decision}
    </p>
    <h1>
      ${approved ? "Everything that is required was seen" : `${plural(missing.length, REQUIRED)} missing`}
    </h1>
    ${factList(facts)}
  </header>`;
}

/** `12 of 30`: those with as many good runs as are demanded. */
function goodOf({ scenarios, demanded }: SignOff, control: boolean): string {
  const all = scenarios.filter((one) => one.control === control);
  const good = all.filter(
    ({ runs }) => runs.filter((run) => run.good).length >= demanded.repetitions,
  );
  return `${formatCount(good.length)} of ${formatCount(all.length)}`;
}

const missingSection = ({ missing }: SignOff): Section => ({
  id: "missing",
  title: "What is missing",
  body:
    missing.length === 0
      ? html`<p class="empty">Nothing.</p>`
      : html`<ul class="missing">
          ${missing.map((one) => html`<li>${one}</li>`)}
        </ul>`,
});

const releasedSection = ({ released, plantedDefects }: SignOff): Section => ({
  id: "released",
  title: "What was released",
  body: html`${table(
      "Images",
      [{ title: "Image" }, { title: "Digest" }],
      released.images.map(({ name, digest }) => [name, html`<code class="wrap">${digest}</code>`]),
      "stacks",
    )}
    ${
      released.deployments.length > 0 &&
      table(
        "Configurations",
        [{ title: "Deployment" }, { title: "SHA-256 of the applied configuration" }],
        released.deployments.map(({ name, configSha256 }) => [
          name,
          html`<code class="wrap">${configSha256}</code>`,
        ]),
        "stacks",
      )
    }
    <p>
      Proof of the judge:
      ${
        plantedDefects === null
          ? html`<strong class="alarm">no defects were planted.</strong>`
          : html`${formatCount(plantedDefects.caught)} of ${formatCount(plantedDefects.planted)}
              planted defects were caught, in run <code>${plantedDefects.runId}</code>.`
      }
    </p>`,
});

const scenariosSection = ({ scenarios }: SignOff): Section => ({
  id: "scenarios",
  title: "Required scenarios",
  lead: "A control is known to be wrong and must be found out; every other scenario must pass.",
  body: html`<div class="runs">
    ${table(
      "Required scenarios and their runs",
      [
        { title: "Scenario" },
        { title: "Run" },
        { title: "Counts" },
        { title: "SHA-256 of run.json" },
      ],
      scenarios.flatMap(scenarioRows),
      "stacks",
    )}
  </div>`,
});

function scenarioRows({ name, control, runs }: SignOff["scenarios"][number]): readonly Content[][] {
  const title = html`${name}${control && html` <small>control</small>`}`;
  // A control that is not good may have been found out all the same: from a dirty tree, say.
  const badgeOf = (run: (typeof runs)[number]): Html =>
    control && run.good ? controlBadge("pass", run.verdict) : badge(run.verdict);
  if (runs.length === 0)
    return [[title, html`<strong class="alarm">not run</strong>`, "✗ no", "–"]];
  return runs.map((run) => [
    html`${control && run.good ? name : title} ${badgeOf(run)}`,
    html`<code>${run.runId}</code><small>${run.headline}</small>`,
    run.good ? "✓ yes" : html`<strong class="alarm">✗ no</strong>`,
    html`<code class="wrap">${run.sha256}</code><small>${run.path}</small>`,
  ]);
}

const lossSection = ({ explainedLoss, unusedWaivers }: SignOff): Section => ({
  id: "loss",
  title: "Explained loss and its waivers",
  lead: "Loss that the configuration allows, the most of any run. Somebody must accept it, for a time.",
  body: html`${
    explainedLoss.length === 0
      ? html`<p class="empty">No scenario that must pass lost anything.</p>`
      : table(
          "Explained loss and its waivers",
          [
            { title: "Scenario" },
            { title: "Rule" },
            { title: "Items", numeric: true },
            { title: "Accepted by" },
          ],
          explainedLoss.map(({ scenario, rule, items, waiver }) => [
            scenario,
            withUpstreamLinks(rule),
            formatCount(items),
            waiver === null
              ? html`<strong class="alarm">✗ nobody</strong>`
              : html`${waiver.owner} until ${waiver.expires}<br /><small>${waiver.reason}</small>`,
          ]),
          "stacks",
        )
  }
  ${
    unusedWaivers.length > 0 &&
    html`<p class="note">
      Waivers that have expired or accept nothing: ${unusedWaivers.join("; ")}.
    </p>`
  }`,
});

const signaturesSection = ({ version, decision }: SignOff): Section => ({
  id: "signatures",
  title: "Signatures",
  lead: `For ${version}, which by the runs above is ${decision}.`,
  body: html`<div class="signatures">
    ${SIGNATURES.map((role) => html`<div>${role}: name, date, signature</div>`)}
  </div>`,
});
