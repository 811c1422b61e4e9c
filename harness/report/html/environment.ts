/** Where the run took place, and the command that repeats it. */
import { formatDuration } from "../../model/durations.js";
import type { RunRecord } from "../../model/run-record.js";
import { formatCount, formatUtc, splitFigureKey } from "../format.js";
import { html, type Html } from "./escape.js";
import type { Section } from "./page.js";
import { table } from "./parts.js";

export function environmentSection(record: RunRecord): Section {
  const { environment } = record;
  return {
    id: "environment",
    title: "Repeat and environment",
    short: "Repeat",
    body: html` <pre class="command" tabindex="0">${record.command}</pre>
      <p class="note">
        The seed ${record.seed} repeats the plan (IDs, times, targets), not the interleaving on the
        cluster.
      </p>
      <h3>Versions</h3>
      ${pairs([
        [
          "commit",
          environment.git.sha + (environment.git.dirty ? " with uncommitted changes" : ""),
        ],
        ["run", record.runId],
        ["started", formatUtc(record.startedAt)],
        ["finished", formatUtc(record.finishedAt)],
        ...(environment.borrowed === undefined ? [] : borrowedPairs(environment.borrowed)),
        ...Object.entries(environment.versions),
        ...(environment.ipFamily === undefined
          ? []
          : [["addresses", environment.ipFamily === "ipv6" ? "IPv6" : "IPv4"] as const]),
        ["egress guard", environment.egressGuard],
        ...(environment.rebuilt === undefined
          ? []
          : [["cluster made anew before this run", environment.rebuilt] as const]),
      ])}
      <h3>Images</h3>
      ${table(
        "Images",
        [{ title: "Image" }, { title: "Digest" }],
        environment.images.map(({ name, digest }) => [
          name,
          html`<code class="wrap">${digest}</code>`,
        ]),
      )}
      <div class="columns">
        <div>
          <h3>Phases</h3>
          ${table(
            "Phases",
            [{ title: "Phase" }, { title: "Took", numeric: true }],
            record.phases.map(({ phase, startMs, endMs }) => [
              phase,
              formatDuration(endMs - startMs),
            ]),
          )}
        </div>
        <div>
          <h3>Figures</h3>
          ${table(
            "Figures",
            [{ title: "Figure" }, { title: "Value", numeric: true }],
            Object.entries(record.figures).map(([key, value]) => {
              const { name, unit } = splitFigureKey(key);
              return [name, `${formatCount(value)} ${unit}`];
            }),
          )}
        </div>
      </div>
      <h3>
        Corefile of the cluster’s
        DNS${environment.borrowed?.corefileRead === false ? ": not readable, so assumed" : ""}
      </h3>
      <pre tabindex="0">${environment.corefile}</pre>`,
  };
}

/** Whose cluster it was, and what of it the run had. */
const borrowedPairs = ({
  context,
  serverVersion,
  namespace,
  lent,
}: NonNullable<RunRecord["environment"]["borrowed"]>): [string, string][] => [
  ["borrowed cluster", `context ${context}, ${serverVersion}`],
  ["its namespace", `${namespace}, ${lent ? "lent for it" : "made and removed by the harness"}`],
];

const pairs = (entries: readonly (readonly [string, string])[]): Html =>
  html`<dl class="pairs">
    ${entries.map(
      ([name, value]) =>
        html`<div>
          <dt>${name}</dt>
          <dd>${value}</dd>
        </div>`,
    )}
  </dl>`;
