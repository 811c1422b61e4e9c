/** `npm run bench -- --spans 1000000,10000000 --seed 1`: makes large histories, judges them, and measures. */
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rename, rm } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { execa } from "execa";
import { UsageError } from "../model/errors.js";
import { parseSeed } from "../model/ids.js";
import { differences, type JudgedHistory } from "./check.js";
import { EXPECTED_FILE, writeSyntheticHistory, type Expected } from "./synthetic-history.js";

const CACHE = join(homedir(), ".cache/agent-gateway-chaos/bench");
/** Smaller histories are made anew: that takes seconds. */
const CACHED_FROM_SPANS = 10_000_000;
/** Calibration needs a thousand traces, and the fault must lie within the load. */
const FEWEST_SPANS = 200_000;
const HERE = import.meta.dirname;

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      spans: { type: "string", default: "1000000,10000000" },
      seed: { type: "string", default: "1" },
    },
  });
  const sizes = values.spans.split(",").map(spansOf);
  const seed = parseSeed(values.seed);
  let sound = true;
  print("spans          wall s    CPU s  peak MiB    spans/s  verdict");
  for (const spans of sizes) sound = (await measure(spans, seed)) && sound;
  return sound ? 0 : 1;
}

function spansOf(text: string): number {
  const spans = Number(text);
  if (Number.isInteger(spans) && spans >= FEWEST_SPANS) return spans;
  throw new UsageError(
    `--spans ${text}: give whole numbers from ${String(FEWEST_SPANS)}, by commas`,
  );
}

/** Judges one history in a process of its own; false when the judge missed or invented something. */
async function measure(spans: number, seed: bigint): Promise<boolean> {
  const { dir, done } = await historyOf(spans, seed);
  try {
    const child = [join(HERE, "judge-child.ts"), join(dir, "history")];
    const { stdout } = await execa(process.execPath, ["--import", "tsx", ...child]);
    const judged = JSON.parse(stdout) as JudgedHistory;
    const expected = JSON.parse(await readFile(join(dir, EXPECTED_FILE), "utf8")) as Expected;
    const wrong = differences(expected, judged);
    const cells = [
      judged.seconds.toFixed(1),
      judged.cpuSeconds.toFixed(1),
      judged.peakMb.toFixed(0),
    ];
    print(
      spans.toLocaleString("en-US").padEnd(13) +
        cells.map((cell) => cell.padStart(9)).join("") +
        Math.round(spans / judged.seconds)
          .toLocaleString("en-US")
          .padStart(11) +
        (wrong.length === 0 ? "  exactly what was planted" : "  WRONG"),
    );
    for (const line of wrong) print(`  ${line}`);
    return wrong.length === 0;
  } finally {
    await done();
  }
}

/** The history's directory; large ones are kept under a name that depends on all that they are made of. */
async function historyOf(
  spans: number,
  seed: bigint,
): Promise<{ dir: string; done: () => Promise<void> }> {
  const remove = (dir: string) => (): Promise<void> => rm(dir, { recursive: true, force: true });
  if (spans < CACHED_FROM_SPANS) {
    const dir = await mkdtemp(join(tmpdir(), "chaos-bench-"));
    await writeSyntheticHistory(dir, spans, seed);
    return { dir, done: remove(dir) };
  }
  const dir = join(CACHE, `${String(spans)}-${String(seed)}-${await contentKey()}`);
  if (!existsSync(dir)) {
    await mkdir(dirname(dir), { recursive: true });
    const making = await mkdtemp(join(CACHE, "making-"));
    await writeSyntheticHistory(making, spans, seed).catch(async (thrown: unknown) => {
      await remove(making)();
      throw thrown;
    });
    await rename(making, dir);
  }
  return { dir, done: () => Promise.resolve() };
}

/** Of the sources that a history is made by; the judge's own do not change it. */
async function contentKey(): Promise<string> {
  const sources = [
    ...["imagined-run.ts", "imagined-sql.ts", "plant-defects.ts", "synthetic-history.ts"].map(
      (name) => join(HERE, name),
    ),
    ...(await readdir(join(HERE, "../history")))
      .sort()
      .map((name) => join(HERE, "../history", name)),
    join(HERE, "../../fixtures/histories/deployment.yaml"),
  ];
  const hash = createHash("sha256");
  for (const source of sources) hash.update(await readFile(source));
  return hash.digest("hex").slice(0, 12);
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

process.exitCode = await main().catch((thrown: unknown) => {
  process.stderr.write(`${thrown instanceof Error ? thrown.message : String(thrown)}\n`);
  return thrown instanceof UsageError ? 64 : 70;
});
