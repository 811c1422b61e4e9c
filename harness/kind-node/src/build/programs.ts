/** Programs from Go modules, kept in the cache directory by content. */
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { run } from "../command.js";
import { cacheDirectory, hashOf, hashOfDirectory, kitPath } from "../content.js";
import { PROGRAMS, type ProgramName, type ProgramSource } from "../versions.js";
import { timed, type BuildContext } from "./context.js";

export interface Program {
  readonly name: ProgramName;
  /** The hash of everything that goes into it: module, Go version, flags. */
  readonly content: string;
  /** The file in the cache. */
  readonly path: string;
}

/** Static programs without paths of this machine in them. */
const BUILD_ENV = { CGO_ENABLED: "0", GOFLAGS: "-buildvcs=false -mod=readonly" } as const;
const GO_FIX = "install Go 1.24 or newer, or use --images registry";

/** Builds what is missing of the named programs; programs of one module and one go.mod are built together. */
export async function buildPrograms<Name extends ProgramName>(
  context: BuildContext,
  names: readonly Name[],
): Promise<Record<Name, Program>> {
  const programs = await Promise.all(names.map((name) => describeProgram(context, name)));
  const modules = new Map<string, Program[]>();
  for (const program of programs) {
    const { module, modFile = "go.mod" }: ProgramSource = PROGRAMS[program.name];
    const key = `${module}/${modFile}`;
    modules.set(key, [...(modules.get(key) ?? []), program]);
  }
  await Promise.all(
    [...modules].map(([key, wanted]) =>
      context.once(`go ${key} ${wanted.map(({ name }) => name).join(" ")}`, () =>
        buildModule(context, wanted),
      ),
    ),
  );
  return Object.fromEntries(programs.map((program) => [program.name, program])) as Record<
    Name,
    Program
  >;
}

/** Path of a program that the cache holds already; undefined also where no Go can say which one it would be. */
export async function builtEarlier(
  context: BuildContext,
  name: ProgramName,
): Promise<string | undefined> {
  const path = await describeProgram(context, name).then(
    (program) => program.path,
    () => undefined,
  );
  context.signal?.throwIfAborted();
  return path !== undefined && existsSync(path) ? path : undefined;
}

async function describeProgram(context: BuildContext, name: ProgramName): Promise<Program> {
  const { module } = PROGRAMS[name];
  const [goVersion, recipe] = await Promise.all([
    context.once(`go version ${module}`, () => goVersionOf(context, module)),
    context.once(`recipe ${module}`, () => hashOfDirectory(kitPath(module))),
  ]);
  const environment = Object.values(BUILD_ENV).join(" ");
  const content = hashOf(recipe, goVersion, environment, ...goArguments(name), process.arch);
  return { name, content, path: join(cacheDirectory(), "programs", content, name) };
}

/**
 * The version that builds this module: a go.mod may ask for a newer tool chain than the installed
 * one.
 */
async function goVersionOf(context: BuildContext, module: string): Promise<string> {
  const options = { cwd: kitPath(module), signal: context.signal, fix: GO_FIX };
  return run("go", ["env", "GOVERSION"], options);
}

function goArguments(name: ProgramName): string[] {
  const { modFile, linkerFlags = [], package: program }: ProgramSource = PROGRAMS[name];
  const ldflags = ["-s", "-w", ...linkerFlags].join(" ");
  const modFlags = modFile === undefined ? [] : [`-modfile=${modFile}`];
  return [...modFlags, "-trimpath", "-ldflags", ldflags, program];
}

async function buildModule(context: BuildContext, wanted: readonly Program[]): Promise<void> {
  const missing = wanted.filter(({ path }) => !existsSync(path));
  const [first] = missing;
  if (first === undefined) return;
  const { module } = PROGRAMS[first.name];
  const what = missing.map(({ name }) => name).join(", ");
  await timed(context, what, async () => {
    await mkdir(cacheDirectory(), { recursive: true });
    const output = await mkdtemp(join(cacheDirectory(), "go-build-"));
    try {
      const packages = missing.map(({ name }) => PROGRAMS[name].package);
      const flags = goArguments(first.name).slice(0, -1);
      await run("go", ["build", ...flags, "-o", `${output}/`, ...packages], {
        cwd: kitPath(module),
        env: BUILD_ENV,
        signal: context.signal,
        fix: "the Go module proxy must answer: see 'go env GOPROXY'",
        onLine: (line) => context.say(`${module}: ${line}`),
      });
      for (const { name, path } of missing) {
        const source: ProgramSource = PROGRAMS[name];
        await mkdir(dirname(path), { recursive: true });
        await rename(join(output, source.builtAs ?? name), path);
      }
    } finally {
      await rm(output, { recursive: true, force: true });
    }
  });
}
