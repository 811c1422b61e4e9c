/** How a verdict is written: the word, a mark that needs no colour, and what it means. */
import { z } from "zod";
import type { RunRecord } from "../model/run-record.js";
import type { Verdict } from "../model/verdict.js";
import type { SuiteRun } from "./suite-run.js";

export const VERDICT_WORD: Record<Verdict, string> = {
  pass: "PASS",
  inconclusive: "INCONCLUSIVE",
  fail: "FAIL",
};

export const VERDICT_MARK: Record<Verdict, string> = { pass: "✓", inconclusive: "?", fail: "✗" };

/** Stands where the verdict of a control would, by what it counts as. */
export const CONTROL_WORD: Record<"pass" | "fail", string> = {
  pass: "✓ FOUND OUT",
  fail: "✗ MISSED",
};

/** Stands where a verdict would, for a run that the harness or its host broke. */
export const BROKEN = "! BROKEN";

/** The headline without verdict word and scenario name, for places that show them already. */
export function causeOf(record: RunRecord): string {
  const withoutWord = record.headline.replace(/^(PASS|FAIL|INCONCLUSIVE)\b[:\s]*/, "");
  const name = `${record.scenario.name}: `;
  const cause = withoutWord.startsWith(name) ? withoutWord.slice(name.length) : withoutWord;
  return cause === "" ? record.headline : cause;
}

/** What a reader must look at: anything but a pass, or a control that was not found out. */
export function needsAttention(run: SuiteRun): boolean {
  if (run.kind === "broken") return true;
  const control = controlResult(run.record);
  return control === undefined ? run.record.verdict !== "pass" : !control.met;
}

const VerdictName = z.enum(["pass", "inconclusive", "fail"]);
const Expectation = z.object({
  expect: z.object({
    verdict: VerdictName,
    invariant: z.string().optional(),
    also: z.record(z.string(), VerdictName).optional(),
  }),
});

/** A scenario that is known to be wrong and must be found out, and whether it was. */
export interface ControlResult {
  readonly met: boolean;
  /** The whole of it in two sentences. */
  readonly text: string;
  /** The same where it is plain that the run is a control: `Must be FAIL through zero-loss, and was.` */
  readonly short: string;
  /** The invariant that must have the verdict, if the control names one. */
  readonly invariant: string | undefined;
}

/** Undefined for an ordinary scenario, which is expected to pass. */
export function controlResult(record: RunRecord): ControlResult | undefined {
  const parsed = Expectation.safeParse(record.scenario.spec);
  if (!parsed.success || parsed.data.expect.verdict === "pass") return undefined;
  const { verdict, invariant, also = {} } = parsed.data.expect;
  const has = (kind: string, wanted: Verdict): boolean =>
    record.invariants.some((one) => one.kind === kind && one.verdict === wanted);
  const met =
    record.verdict === verdict &&
    (invariant === undefined || has(invariant, verdict)) &&
    Object.entries(also).every(([kind, wanted]) => has(kind, wanted));
  const demanded = [
    VERDICT_WORD[verdict] + (invariant === undefined ? "" : ` through ${invariant}`),
    ...Object.entries(also).map(([kind, wanted]) => `with ${kind} ${VERDICT_WORD[wanted]}`),
  ].join(", ");
  const text = met
    ? `Control: this run is known to be wrong and must be ${demanded}. It was found out.`
    : `Control: this run is known to be wrong and must be ${demanded}. It was NOT found out.`;
  const short = `Must be ${demanded}, and was${met ? "" : " NOT"}.`;
  return { met, text, short, invariant };
}
