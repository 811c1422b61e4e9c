/** Calls the command line in this process and keeps what it writes; for tests of what needs no cluster. */
import type { ExitCode } from "../model/verdict.js";
import { main } from "./main.js";

export interface Ended {
  readonly exitCode: ExitCode;
  readonly out: string;
  readonly err: string;
}

/** Runs `chaos ARGS`, one at a time. Nothing of this process's environment or directory counts. */
export async function callMain(
  args: readonly string[],
  { env = {}, cwd = "/nonexistent" }: { env?: Record<string, string>; cwd?: string } = {},
): Promise<Ended> {
  const kept = { out: "", err: "" };
  const { stdout, stderr } = process;
  const originals = { out: stdout.write.bind(stdout), err: stderr.write.bind(stderr) };
  const keep = (name: "out" | "err") => (text: string | Uint8Array) => {
    kept[name] += String(text);
    return true;
  };
  stdout.write = keep("out");
  stderr.write = keep("err");
  try {
    const exitCode = await main(args, { env, cwd });
    return { exitCode, ...kept };
  } finally {
    stdout.write = originals.out;
    stderr.write = originals.err;
  }
}
