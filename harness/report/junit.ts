/** JUnit XML: a suite per scenario, a case per invariant. */
import type { RunRecord } from "../model/run-record.js";
import { runTitle } from "./run-title.js";
import type { BrokenRun, JudgedRun, SuiteRun } from "./suite-run.js";
import { controlResult, VERDICT_WORD } from "./verdict-words.js";

interface Suite {
  readonly name: string;
  readonly timestamp: string | undefined;
  readonly seconds: number;
  readonly properties: Readonly<Record<string, string>>;
  readonly cases: readonly Case[];
}

interface Case {
  readonly name: string;
  readonly outcome: "passed" | "failure" | "error" | "skipped";
  /** One line; empty for a passed case without remark. */
  readonly message: string;
  readonly detail: string;
}

/**
 * A violated invariant is a failure, a broken harness an error, and an inconclusive invariant is
 * skipped with its reason. For a control the meaning is turned: its cases pass if it was found
 * out, else one case fails.
 */
export function junitXml(runs: readonly SuiteRun[]): string {
  const suites = runs.map((run) => (run.kind === "judged" ? judgedSuite(run) : brokenSuite(run)));
  const all = suites.flatMap((suite) => suite.cases);
  const seconds = suites.reduce((sum, suite) => sum + suite.seconds, 0);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="agent-gateway-chaos" ${counts(all)} time="${seconds.toFixed(3)}">`,
    ...suites.map(suiteXml),
    "</testsuites>",
    "",
  ].join("\n");
}

function judgedSuite({ record, runDir, repetition }: JudgedRun): Suite {
  return {
    name: runTitle(record.scenario.name, repetition),
    timestamp: record.startedAt,
    seconds: (Date.parse(record.finishedAt) - Date.parse(record.startedAt)) / 1_000,
    properties: {
      seed: record.seed,
      runId: record.runId,
      runDir,
      command: record.command,
      verdict: record.verdict,
      deployment: record.deployment.name,
      gitSha: record.environment.git.sha + (record.environment.git.dirty ? "-dirty" : ""),
    },
    cases: casesOf(record),
  };
}

function casesOf(record: RunRecord): readonly Case[] {
  const control = controlResult(record);
  if (control !== undefined) {
    const outcome = control.met ? "passed" : "failure";
    return [{ name: "control", outcome, message: control.text, detail: record.headline }];
  }
  return record.invariants.map((invariant): Case => {
    const outcome = ({ pass: "passed", fail: "failure", inconclusive: "skipped" } as const)[
      invariant.verdict
    ];
    const message =
      outcome === "passed" ? "" : `${VERDICT_WORD[invariant.verdict]}: ${invariant.reason}`;
    const detail = [
      invariant.property,
      `limit:  ${invariant.limit}`,
      `actual: ${invariant.actual}`,
      ...evidenceLines(invariant.evidence),
      `repeat: ${record.command}`,
    ].join("\n");
    return { name: invariant.kind, outcome, message, detail };
  });
}

function evidenceLines(evidence: RunRecord["invariants"][number]["evidence"]): readonly string[] {
  if (evidence.rows.length === 0) return [];
  const shown = evidence.rows.slice(0, 20);
  return [
    `evidence (${String(shown.length)} of ${String(evidence.total)}):`,
    evidence.columns.join("\t"),
    ...shown.map((row) => row.map(String).join("\t")),
  ];
}

function brokenSuite(run: BrokenRun): Suite {
  const { scenario, seed, command, runDir, seconds, message } = run;
  const detail = [
    ...(run.lastSeen === undefined ? [] : [`last seen: ${run.lastSeen}`]),
    `fix:    ${run.fix ?? "none is known"}`,
    `repeat: ${command}`,
  ].join("\n");
  return {
    name: runTitle(scenario, run.repetition),
    timestamp: undefined,
    seconds,
    properties: { seed, ...(runDir === undefined ? {} : { runDir }), command, verdict: "broken" },
    cases: [{ name: "run", outcome: "error", message, detail }],
  };
}

function suiteXml(suite: Suite): string {
  const timestamp =
    suite.timestamp === undefined ? "" : ` timestamp="${attribute(suite.timestamp)}"`;
  return [
    `  <testsuite name="${attribute(suite.name)}" ${counts(suite.cases)} ` +
      `time="${suite.seconds.toFixed(3)}"${timestamp}>`,
    "    <properties>",
    ...Object.entries(suite.properties).map(
      ([name, value]) => `      <property name="${attribute(name)}" value="${attribute(value)}"/>`,
    ),
    "    </properties>",
    ...suite.cases.map((one) => caseXml(suite.name, one)),
    "  </testsuite>",
  ].join("\n");
}

function caseXml(suite: string, { name, outcome, message, detail }: Case): string {
  const names = `name="${attribute(name)}" classname="${attribute(suite)}"`;
  const open = `    <testcase ${names} time="0.000"`;
  const inner = {
    passed: message === "" ? "" : `<system-out>${text(`${message}\n${detail}`)}</system-out>`,
    failure: `<failure type="invariant" message="${attribute(message)}">${text(detail)}</failure>`,
    error: `<error type="harness" message="${attribute(message)}">${text(detail)}</error>`,
    skipped: `<skipped message="${attribute(message)}"/><system-out>${text(detail)}</system-out>`,
  }[outcome];
  return inner === "" ? `${open}/>` : `${open}>${inner}</testcase>`;
}

function counts(cases: readonly Case[]): string {
  const number = (outcome: Case["outcome"]): string =>
    String(cases.filter((one) => one.outcome === outcome).length);
  return (
    `tests="${String(cases.length)}" failures="${number("failure")}" ` +
    `errors="${number("error")}" skipped="${number("skipped")}"`
  );
}

/**
 * XML 1.0 has no way to write control characters, lone surrogates, U+FFFE and U+FFFF: they are
 * left out.
 */
const ILLEGAL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff\ud800-\udfff]/gu;

const text = (raw: string): string =>
  raw.replace(ILLEGAL, "").replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

const attribute = (raw: string): string =>
  text(raw)
    .replaceAll('"', "&quot;")
    .replaceAll("\t", "&#9;")
    .replaceAll("\r", "&#13;")
    .replaceAll("\n", "&#10;");
