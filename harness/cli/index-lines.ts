/** What the command line reads of reports/index.jsonl: which runs there were and how they ended. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { scenarios } from "../../scenarios/suites.js";
import { UsageError } from "../model/errors.js";
import { isControl } from "../model/scenario.js";

const RunLine = z.object({
  scenario: z.string(),
  verdict: z.enum(["pass", "inconclusive", "fail"]),
  dir: z.string(),
  suite: z.string().optional(),
  suiteRun: z.number().int().positive().optional(),
});
export type RunLine = z.infer<typeof RunLine>;

/** Oldest first; none without an index. UsageError for a line that is none; a last one may be cut off. */
export async function readIndexLines(reportsDir: string): Promise<readonly RunLine[]> {
  const path = join(reportsDir, "index.jsonl");
  const text = await readFile(path, "utf8").catch(() => "");
  const whole = text.slice(0, text.lastIndexOf("\n") + 1);
  return whole.split("\n").flatMap((line, index) => {
    if (line.trim() === "") return [];
    try {
      return [RunLine.parse(JSON.parse(line))];
    } catch {
      throw new UsageError(`${path}:${String(index + 1)}: is no line of an index; remove it`);
    }
  });
}

/** The scenarios whose newest run did not end as it must, by name. */
export function lastFailed(lines: readonly RunLine[]): ReadonlySet<string> {
  const newest = new Map(lines.map((line) => [line.scenario, line.verdict]));
  const failed = scenarios.filter((scenario) => {
    const verdict = newest.get(scenario.name);
    if (verdict === undefined) return false;
    return verdict !== (isControl(scenario) ? scenario.expect.verdict : "pass");
  });
  return new Set(failed.map(({ name }) => name));
}
