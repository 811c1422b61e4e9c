/** What all runs of a command come to: the worst of them. */
import type { RunRecord } from "../model/run-record.js";
import { mergeVerdicts, type Verdict } from "../model/verdict.js";
import { controlResult } from "../report/verdict-words.js";

/**
 * Where `controls` count by what they expect, one that was found out is a pass, and one that was not a failure: the
 * judge missed what it must find, whatever the run's own verdict says.
 */
export function commandVerdict(records: readonly RunRecord[], controls: boolean): Verdict {
  return mergeVerdicts(
    records.map((record) => {
      const control = controls ? controlResult(record) : undefined;
      if (control === undefined) return record.verdict;
      return control.met ? "pass" : "fail";
    }),
  );
}
