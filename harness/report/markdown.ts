/** summary.md: one run for a pull-request comment, verdict and cause first. */
import { lossPlaceText } from "../model/accounting.js";
import { formatDuration } from "../model/durations.js";
import type { RunRecord } from "../model/run-record.js";
import { deploymentText } from "../model/scenario.js";
import { ITEM_NAME, SIGNALS } from "../model/signal.js";
import { verdictList, type Verdict } from "../model/verdict.js";
import { ASIDE, checkSums, COLUMN_NAME, SUMS, type Column } from "./books.js";
import { formatCount, formatUtc, plural } from "./format.js";
import { targetOf } from "./index-file.js";
import { code, escape, fence, table } from "./markdown-parts.js";
import type { BrokenRun, SuiteRun } from "./suite-run.js";
import { BROKEN, causeOf, controlResult, VERDICT_MARK, VERDICT_WORD } from "./verdict-words.js";

/** The summary, ending in a newline. */
export function markdownSummary(record: RunRecord): string {
  const control = controlResult(record);
  const { git } = record.environment;
  const tookMs = Date.parse(record.finishedAt) - Date.parse(record.startedAt);
  const blocks = [
    `## ${word(record.verdict)}: ${escape(record.scenario.name)}`,
    `**${escape(causeOf(record))}**`,
    ...(control === undefined ? [] : [`> ${escape(control.text)}`]),
    [
      escape(record.scenario.description),
      `Deployment ${code(deploymentText(targetOf(record)))}, seed ${code(record.seed)}, ` +
        `commit ${code(git.sha.slice(0, 12))}${git.dirty ? " with uncommitted changes" : ""}, ` +
        `started ${formatUtc(record.startedAt)}, took ${formatDuration(tookMs)}` +
        (record.strict ? ", strict (no explained loss allowed)" : "") +
        `${record.audited ? ", audited (what gateways got is on record)" : ""}.`,
    ].join("  \n"),
    section("Invariants", invariants(record)),
    ...(record.losses.length === 0 ? [] : [section("Loss by place", losses(record))]),
    section("Accounting", accounting(record)),
    ...plantedDefects(record),
    section(
      "Repeat",
      `${fence(record.command)}\n\nThe seed repeats the plan, not the interleaving.`,
    ),
  ];
  return `${blocks.join("\n\n")}\n`;
}

/** The same of a run that has no verdict. */
export function brokenSummary(run: BrokenRun): string {
  const blocks = [
    `## ${BROKEN}: ${escape(run.scenario)}`,
    `**${escape(run.message)}**`,
    "The harness or its host broke: this says nothing of the deployment under test.",
    ...(run.lastSeen === undefined ? [] : [`Last seen: ${escape(run.lastSeen)}`]),
    `Fix: ${escape(run.fix ?? "none is known")}`,
    ...(run.runDir === undefined ? [] : [`What was seen is in ${code(run.runDir)}.`]),
    section("Repeat", fence(run.command)),
  ];
  return `${blocks.join("\n\n")}\n`;
}

export const suiteRunSummary = (run: SuiteRun): string =>
  run.kind === "judged" ? markdownSummary(run.record) : brokenSummary(run);

const word = (verdict: Verdict): string => `${VERDICT_MARK[verdict]} ${VERDICT_WORD[verdict]}`;

const section = (title: string, body: string): string => `### ${title}\n\n${body}`;

function invariants(record: RunRecord): string {
  return table(
    ["", "Invariant", "Limit", "Actual", "Reason"],
    record.invariants.map((one) => [
      word(one.verdict),
      code(one.kind),
      escape(one.limit),
      escape(one.actual),
      escape(one.verdict === "pass" ? "" : one.reason),
    ]),
  );
}

/** How many, and those that were missed. */
function plantedDefects({ plantedDefects: planted }: RunRecord): string[] {
  if (planted === undefined) return [];
  const missed = planted.defects.filter(({ caught }) => !caught);
  const count = formatCount(planted.defects.length - missed.length);
  const lines = [
    `${count} of ${formatCount(planted.defects.length)} planted defects were caught.`,
    ...missed.map(({ says, seen }) => `- missed: ${escape(says)} (changed: ${verdictList(seen)})`),
  ];
  return [section("Proof of the judge", lines.join("\n"))];
}

function losses(record: RunRecord): string {
  return table(
    ["Lost", "Where", "Explained by", "Traces", "Example"],
    record.losses.map((loss) => [
      plural(loss.items, ITEM_NAME[loss.signal]),
      lossPlaceText(loss.place, loss.seen),
      loss.rule === null ? "**unexplained**" : escape(loss.rule),
      formatCount(loss.traces),
      code(loss.example),
    ]),
  );
}

function accounting(record: RunRecord): string {
  const row = (column: Column, name: string): readonly string[] => [
    name,
    ...SIGNALS.map((signal) => formatCount(record.accounting[signal][column])),
  ];
  const rows = SUMS.flatMap(({ total, parts }, index) => [
    row(total, `**${COLUMN_NAME[total]}** =`),
    ...parts.map((part) => row(part, `+ ${COLUMN_NAME[part]}`)),
    [
      "adds up",
      ...SIGNALS.map((signal) =>
        checkSums(record.accounting[signal])[index]?.addsUp === true ? "✓" : "**✗**",
      ),
    ],
  ]);
  const aside = ASIDE.map((column) => row(column, COLUMN_NAME[column]));
  return table(["", ...SIGNALS.map((signal) => ITEM_NAME[signal].many)], [...rows, ...aside]);
}
