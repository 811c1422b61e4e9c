/** What is wrong with observers' journals: a gap, a restart, a file that is not what its observer vouched for. */
import type { History } from "../history/open-history.js";
import type { JournalSource } from "../history/run-facts.js";

/**
 * One sentence for each thing that is wrong, in the order of `demanded`; none when the run has each of these journals,
 * whole and written by one process.
 */
export async function journalProblems(
  history: Pick<History, "query" | "facts">,
  demanded: readonly JournalSource[],
): Promise<string[]> {
  const journals = await history.query<{
    source: string;
    lines: number;
    last: number;
    boots: number;
  }>(
    `SELECT source, count(DISTINCT seq) AS lines, max(seq) AS last, count(DISTINCT boot) AS boots
     FROM journal GROUP BY source`,
  );
  return demanded.flatMap((source) => {
    const journal = journals.find((row) => row.source === source);
    const mismatch = history.facts.journals.find((row) => row.source === source)?.mismatch;
    const problems: string[] = [];
    if (journal === undefined) problems.push(`there is no journal of ${source}`);
    else if (journal.lines !== journal.last + 1)
      problems.push(`the journal of ${source} has a gap`);
    else if (journal.boots !== 1) problems.push(`observer ${source} restarted`);
    if (typeof mismatch === "string") problems.push(`journal of ${source}: ${mismatch}`);
    return problems;
  });
}
