/** What `chaos check` found, for people and for programs. */
import pc from "picocolors";
import type { CheckResult } from "../check/check-deployment.js";
import type { Finding, Severity } from "../check/finding.js";

/** Findings worst first, then what was validated, then one line that sums up. */
export function checkText(result: CheckResult, source: string, colour: boolean): string {
  const { findings, validation } = result;
  return [
    ...findings.map((one) => findingText(one, colour)),
    ...validationLines(validation),
    summaryLine(result, source),
    "",
  ].join("\n");
}

const WIDTH = "warning".length;

function findingText({ severity, check, place, why, fix }: Finding, colour: boolean): string {
  const word = coloured(severity, severity.padEnd(WIDTH), colour);
  const indent = " ".repeat(WIDTH + 1);
  return (
    `${word} ${place.file}:${String(place.line)}  [${check}]\n` +
    `${indent}${why}\n${indent}fix: ${fix}\n`
  );
}

function coloured(severity: Severity, word: string, colour: boolean): string {
  const colours = pc.createColors(colour);
  switch (severity) {
    case "fatal":
      return colours.red(word);
    case "warning":
      return colours.yellow(word);
    case "note":
      return colours.dim(word);
  }
}

function validationLines(validation: CheckResult["validation"]): string[] {
  return validation.map(({ collector, image, notRun }) =>
    notRun === null
      ? `${collector}: configuration given to validate of ${image}`
      : `${collector}: the collector's own validation was NOT run: ${notRun}`,
  );
}

function summaryLine({ counts, agent, gateway, validation }: CheckResult, source: string): string {
  const many = (count: number, word: string): string =>
    `${String(count)} ${word}${count === 1 ? "" : "s"}`;
  const found =
    `${String(counts.fatal)} fatal, ${many(counts.warning, "warning")}, ` +
    many(counts.note, "note");
  const open = validation.some(({ notRun }) => notRun !== null);
  const state =
    counts.fatal > 0
      ? "does not work as it stands"
      : open
        ? "nothing fatal found in what was checked"
        : "nothing fatal found";
  return `${source} (${agent} and ${gateway}): ${found}: ${state}`;
}

/** Names are stable; additions may come. */
export const checkJson = (result: CheckResult, source: string): string => {
  const { agent, gateway, counts, findings, validation } = result;
  const flat = findings.map(({ place, ...rest }) => ({ ...rest, ...place }));
  const body = { schemaVersion: 1, deployment: source, agent, gateway, counts };
  return `${JSON.stringify({ ...body, validation, findings: flat }, null, 2)}\n`;
};
