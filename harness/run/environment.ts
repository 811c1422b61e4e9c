/** What made this run: commit, versions, images. */
import { execa } from "execa";
import type { RunRecord } from "../model/run-record.js";

/** The commit of the harness and whether its tree has changes; `unknown` outside a git checkout. */
export async function gitState(): Promise<RunRecord["environment"]["git"]> {
  const cwd = import.meta.dirname;
  const git = (...args: string[]) => execa("git", args, { cwd, reject: false });
  const [head, status] = await Promise.all([
    git("rev-parse", "HEAD"),
    git("status", "--porcelain", "--untracked-files=no"),
  ]);
  if (head.exitCode !== 0) return { sha: "unknown", dirty: true };
  return { sha: head.stdout.trim(), dirty: status.stdout.trim() !== "" };
}
