/** `chaos completion`: a script that completes commands, flags, values and scenario names in a shell. */
import { Argument, Command } from "commander";
import { z } from "zod";
import { scenarios } from "../../scenarios/suites.js";
import { EXIT, type ExitCode } from "../model/verdict.js";
import { deploymentNames } from "./deployment-names.js";
import { longFlag, optionEntries } from "./options-table.js";

const SHELLS = ["bash", "zsh", "fish"] as const;
type Shell = (typeof SHELLS)[number];
/** Commands whose arguments are scenarios. */
const TAKES_SCENARIOS = ["run", "dry-run", "list", "matrix"];

export const completionCommand = (finish: (code: ExitCode) => void): Command =>
  new Command("completion")
    .description("print a script that completes commands, flags and scenario names")
    .addArgument(new Argument("<shell>", "the shell").choices(SHELLS))
    .addHelpText(
      "after",
      "\nThe script knows the scenarios of today: print it anew when there are others.\n" +
        "\nExamples:\n  source <(npx chaos completion bash)\n" +
        "  npx chaos completion fish > ~/.config/fish/completions/chaos.fish",
    )
    .action((shell: Shell, _: unknown, command: Command) => {
      const words = wordsOf(command.parent ?? command);
      process.stdout.write(shell === "fish" ? fishScript(words) : bashScript(words, shell));
      finish(EXIT.pass);
    });

interface Words {
  /** What may follow each command: its flags, and the scenarios or deployments where it takes them. */
  readonly commands: ReadonlyMap<string, readonly string[]>;
  /** What may follow a flag. */
  readonly values: ReadonlyMap<string, readonly string[]>;
}

function wordsOf(program: Command): Words {
  const names = scenarios.map(({ name }) => name);
  const commands = program.commands.map((command): [string, readonly string[]] => {
    const flags = command.options.flatMap(({ long, hidden }) => (hidden ? [] : [long ?? ""]));
    const takes = TAKES_SCENARIOS.includes(command.name())
      ? names
      : command.name() === "check"
        ? deploymentNames()
        : [];
    return [command.name(), [...flags, "--help", ...takes]];
  });
  const values = optionEntries.flatMap(([key, spec]): [string, readonly string[]][] => {
    const tags = [...new Set(scenarios.flatMap((scenario) => scenario.tags))];
    if (key === "tag") return [[longFlag(spec), tags]];
    if (key === "deployment" || key === "deployments") return [[longFlag(spec), deploymentNames()]];
    return spec.schema instanceof z.ZodEnum
      ? [[longFlag(spec), spec.schema.options.map(String)]]
      : [];
  });
  return { commands: new Map(commands), values: new Map(values) };
}

function bashScript({ commands, values }: Words, shell: "bash" | "zsh"): string {
  const cases = (words: Words["values"]): string[] =>
    [...words].map(([word, after]) => `    ${word}) words="${after.join(" ")}" ;;`);
  const script = [
    "_chaos() {",
    '  local words="" cur="${COMP_WORDS[COMP_CWORD]}" prev="${COMP_WORDS[COMP_CWORD-1]}"',
    `  if [ "$COMP_CWORD" -eq 1 ]; then words="${[...commands.keys()].join(" ")}"; fi`,
    '  if [ "$COMP_CWORD" -gt 1 ]; then case "${COMP_WORDS[1]}" in',
    ...cases(commands),
    "  esac; fi",
    '  case "$prev" in',
    ...cases(values),
    "  esac",
    '  COMPREPLY=($(compgen -W "$words" -- "$cur"))',
    "}",
    "complete -o default -F _chaos chaos",
  ];
  const bridge = shell === "zsh" ? ["autoload -U +X bashcompinit && bashcompinit"] : [];
  return `${[...bridge, ...script].join("\n")}\n`;
}

function fishScript({ commands, values }: Words): string {
  const lines = [...commands].flatMap(([command, words]) => {
    const seen = `__fish_seen_subcommand_from ${command}`;
    const flags = words.filter((word) => word.startsWith("--"));
    const names = words.filter((word) => !word.startsWith("--"));
    return [
      `complete -c chaos -f -n __fish_use_subcommand -a ${command}`,
      ...flags.map((flag) => {
        const after = values.get(flag);
        const value = after === undefined ? "" : ` -x -a '${after.join(" ")}'`;
        return `complete -c chaos -n '${seen}' -l ${flag.slice(2)}${value}`;
      }),
      ...(names.length === 0 ? [] : [`complete -c chaos -f -n '${seen}' -a '${names.join(" ")}'`]),
    ];
  });
  return `${lines.join("\n")}\n`;
}
