/**
 * An executor for tests: answers by the beginning of the command, and remembers what it was asked.
 */
import { commandLine, type CommandResult, type Executor } from "./command.js";

export interface FakeExecutor {
  readonly executor: Executor;
  readonly commands: string[];
}

export function fakeExecutor(
  answers: Readonly<Record<string, string | Partial<CommandResult>>>,
): FakeExecutor {
  const commands: string[] = [];
  const executor: Executor = (file, args) => {
    const command = commandLine(file, args);
    commands.push(command);
    const found = Object.entries(answers).find(([beginning]) => command.startsWith(beginning));
    if (found === undefined) throw new Error(`no answer for: ${command}`);
    const answer = typeof found[1] === "string" ? { stdout: found[1] } : found[1];
    return Promise.resolve({ exitCode: 0, stdout: "", stderr: "", ...answer });
  };
  return { executor, commands };
}
