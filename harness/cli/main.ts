/** The `chaos` command: parses, dispatches, and turns every ending into an exit code. */
import { readFileSync } from "node:fs";
import { Command, CommanderError } from "commander";
import { HarnessError, messageOf } from "../model/errors.js";
import { EXIT, type ExitCode } from "../model/verdict.js";
import { analyzeCommand } from "./analyze.js";
import { checkCommand } from "./check.js";
import { completionCommand } from "./completion.js";
import { configCommand } from "./config.js";
import { compareCommand } from "./compare.js";
import { doctorCommand } from "./doctor.js";
import { listCommand } from "./list.js";
import { dryRunCommand, runCommand } from "./run.js";
import { matrixCommand } from "./matrix.js";
import { mirrorCommand } from "./mirror.js";
import { mutateCommand } from "./mutate.js";
import type { Surroundings } from "./settings.js";
import { reportCommand } from "./report.js";
import { showCommand } from "./show.js";
import { sweepCommand } from "./sweep.js";

const EXIT_CODES = `
Exit codes:
  0    every invariant holds
  1    an invariant is violated
  2    inconclusive: something needed for a verdict was not seen
  64   wrong usage or configuration
  70   the harness or its host is broken
  130  interrupted`;

/** Runs one command line (without node and script) and resolves with the exit code. */
export async function main(
  args: readonly string[],
  around: Surroundings = { env: process.env, cwd: process.cwd() },
): Promise<ExitCode> {
  let exitCode: ExitCode = EXIT.pass;
  const program = new Command("chaos")
    .description("Chaos and failover verification for the OpenTelemetry agent-gateway pattern")
    .version(ownVersion(), "-V, --version", "print the version")
    .addHelpText("after", EXIT_CODES);
  const finish = (code: ExitCode): void => {
    exitCode = code;
  };
  for (const command of [
    runCommand,
    dryRunCommand,
    matrixCommand,
    listCommand,
    checkCommand,
    analyzeCommand,
    reportCommand,
    compareCommand,
    showCommand,
    mutateCommand,
    mirrorCommand,
    doctorCommand,
    configCommand,
    completionCommand,
    sweepCommand,
  ]) {
    program.addCommand(command(finish, around));
  }
  for (const command of [program, ...program.commands]) {
    // Commander puts what was probably meant on a second line.
    const outputError = (text: string, write: (text: string) => void): void =>
      write(`${text.trim().replace(/\n+/g, " ")}\n`);
    command.exitOverride().configureOutput({ outputError });
  }
  try {
    await program.parseAsync(args.map(spelledOut), { from: "user" });
    return exitCode;
  } catch (thrown) {
    return exitCodeOf(thrown);
  }
}

function ownVersion(): string {
  const file = new URL("../../package.json", import.meta.url);
  return (JSON.parse(readFileSync(file, "utf8")) as { version: string }).version;
}

/** An option whose value may be missing would take the scenario's name that follows for it. */
const spelledOut = (arg: string): string =>
  arg === "--keep-cluster" ? "--keep-cluster=always" : arg;

/** By name, for a module that two loaders have loaded has two classes of errors. */
const isNamed = (thrown: unknown, name: string): thrown is Error =>
  thrown instanceof Error && thrown.name === name;

function exitCodeOf(thrown: unknown): ExitCode {
  // Commander has printed its own message; help and version are not errors.
  if (thrown instanceof CommanderError) return thrown.exitCode === 0 ? EXIT.pass : EXIT.usage;
  if (isNamed(thrown, "Interrupted")) return EXIT.interrupted;
  if (isNamed(thrown, "UsageError")) {
    process.stderr.write(`error: ${thrown.message}\n`);
    return EXIT.usage;
  }
  process.stderr.write(`${describeTrouble(thrown)}\n`);
  return EXIT.broken;
}

/** What went wrong, what was last seen and what to do, a line each. */
function describeTrouble(thrown: unknown): string {
  const lines = [`error: ${messageOf(thrown)}`];
  if (thrown instanceof HarnessError && thrown.lastSeen !== undefined) {
    lines.push(`last seen: ${thrown.lastSeen}`);
  }
  if (thrown instanceof Error && "fix" in thrown && typeof thrown.fix === "string") {
    lines.push(`fix: ${thrown.fix}`);
  }
  return lines.join("\n");
}
