/** Several mocha reporters at once: one has standard output, those that can write a file get one. */
import { isAbsolute, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import Mocha from "mocha";
import { messageOf, UsageError } from "../model/errors.js";

/** Built-in reporters that write a file when they are told to, and the file. */
const FILES: Readonly<Record<string, string>> = { json: "mocha.json", xunit: "mocha-xunit.xml" };
/** Built-in reporters whose output is for programs: nothing else may be on standard output. */
const FOR_PROGRAMS = ["json", "json-stream", "xunit", "tap", "markdown", "doc", "html"];

type Constructor = Mocha.ReporterConstructor;

interface Chosen {
  readonly create: Constructor;
  /** Undefined: standard output, or wherever it likes. */
  readonly output: string | undefined;
}

export interface Reporters {
  readonly chosen: readonly Chosen[];
  /** Standard output belongs to a program that reads it. */
  readonly stdoutIsData: boolean;
}

/**
 * Loads the reporters by name, path or package. Of several, `json` and `xunit` write into `directory`, and
 * `spec` is added when no other has standard output. UsageError when one is unknown or two would share it.
 */
export async function chooseReporters(
  names: readonly string[],
  directory: string,
): Promise<Reporters> {
  const printing = names.filter((name) => isBuiltIn(name) && !(name in FILES));
  if (printing.length > 1) {
    throw new UsageError(
      `--reporter ${names.join(",")}: only one of them can have standard output`,
    );
  }
  const [only] = names;
  if (names.length === 1 && only !== undefined) {
    const stdoutIsData = FOR_PROGRAMS.includes(only);
    return { chosen: [{ create: await load(only), output: undefined }], stdoutIsData };
  }
  const all = printing.length === 0 && names.length > 0 ? [...names, "spec"] : names;
  const chosen = all.map(async (name) => {
    const file = FILES[name];
    const output = file === undefined ? undefined : join(directory, file);
    return { create: await load(name), output };
  });
  const stdoutIsData = printing.some((name) => FOR_PROGRAMS.includes(name));
  return { chosen: await Promise.all(chosen), stdoutIsData };
}

/** One reporter for mocha that creates all of them and ends when all have written. */
export function together({ chosen }: Reporters): Constructor {
  return class extends Mocha.reporters.Base {
    private readonly all: readonly Mocha.reporters.Base[];

    constructor(runner: Mocha.Runner, options: Mocha.MochaOptions) {
      super(runner, options);
      this.all = chosen.map(({ create: Create, output }) => {
        const own = output === undefined ? {} : { output };
        // Mocha's reporters do not agree on the name.
        const both = { ...options, reporterOption: own, reporterOptions: own };
        return new Create(runner, both);
      });
    }

    override done(failures: number, callback: (failures: number) => void): void {
      const written = this.all.map(
        (reporter) =>
          new Promise<void>((finish) => {
            if (reporter.done === undefined) finish();
            else reporter.done(failures, () => finish());
          }),
      );
      void Promise.all(written).then(() => callback(failures));
    }
  };
}

const builtIns = Mocha.reporters as unknown as Readonly<Record<string, Constructor>>;
const isBuiltIn = (name: string): boolean => Object.hasOwn(builtIns, name);

async function load(name: string): Promise<Constructor> {
  const builtIn = isBuiltIn(name) ? builtIns[name] : undefined;
  if (builtIn !== undefined) return builtIn;
  const isPath = name.startsWith(".") || isAbsolute(name);
  try {
    const target = isPath ? pathToFileURL(resolve(name)).href : name;
    const loaded = (await import(target)) as { default?: unknown };
    if (typeof loaded.default === "function") return loaded.default as Constructor;
  } catch (thrown) {
    const [reason = ""] = messageOf(thrown).split("\n");
    if (isPath) throw new UsageError(`--reporter ${name}: cannot be loaded: ${reason}`);
  }
  const known = Object.keys(builtIns).filter((one) => /^[a-z]/.test(one));
  throw new UsageError(`--reporter ${name}: no such reporter; there are ${known.join(", ")}`);
}
