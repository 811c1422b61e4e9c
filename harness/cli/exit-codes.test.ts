/**
 * Each exit code. That what main resolves with is what a script sees is shown by the real command in a process of its
 * own for 0, 64, 70 and 130; starting one takes longer than most verdicts.
 */
import { existsSync } from "node:fs";
import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect } from "chai";
import { execa, type Options } from "execa";
import { readStory } from "../invariants/test-story.js";
import { writeRunDirectory } from "../run/test-run-directory.js";
import { callMain } from "./test-main.js";

const chaos = join(import.meta.dirname, "chaos.js");
const run = (args: string[], options: Options = {}) =>
  execa(process.execPath, [chaos, ...args], { reject: false, all: true, ...options });

describe("exit codes", () => {
  let output: string;
  before(async () => {
    output = await mkdtemp(join(tmpdir(), "chaos-reports-"));
  });
  after(() => rm(output, { recursive: true }));

  it("64 for a mistyped flag, and the nearest one is named", async () => {
    const { exitCode, all } = await run(["run", "--sead", "3"]);
    expect({ exitCode, all }).to.include({ exitCode: 64 });
    expect(all).to.contain("--seed");
  });

  // What else may be wrong is in wrong-invocations.test.ts.
  it("64 and one line for a run that is none", async () => {
    const { exitCode, all } = await run(["analyze", "no/such/run"]);
    expect({ exitCode, all }).to.include({ exitCode: 64 });
    expect(all).to.match(/^error: [^\n]+$/);
    expect(all).to.contain("no/such/run: not the directory of a finished run");
  });

  it("0 for a list", async () => {
    const { exitCode, all } = await run(["run", "--list"]);
    expect({ exitCode, all }).to.include({ exitCode: 0 });
    expect(all).to.contain("gateway-kill");
  });

  for (const [exitCode, story, flags, says] of [
    [0, "died-while-deciding", [], "PASS"],
    [1, "died-while-deciding", ["--strict"], "above the budget of 0.00 %"],
    [1, "lost-without-a-cause", [], "nothing explains it: span gone"],
    [2, "backend-restarted", [], "observer tempo restarted"],
  ] as const) {
    it(`${String(exitCode)} for a stored run: chaos analyze ${[story, ...flags].join(" ")}`, async () => {
      const runDir = await mkdtemp(join(tmpdir(), "chaos-run-"));
      try {
        await writeRunDirectory(runDir, readStory(story));
        const { exitCode: seen, out, err } = await callMain(["analyze", runDir, ...flags]);
        expect({ seen, err }).to.include({ seen: exitCode });
        expect(out + err).to.contain(says);
      } finally {
        await rm(runDir, { recursive: true, force: true });
      }
    });
  }

  it("colours a verdict when the environment says so, and no log of CI", async () => {
    const runDir = await mkdtemp(join(tmpdir(), "chaos-run-"));
    try {
      await writeRunDirectory(runDir, readStory("died-while-deciding"));
      const coloured = async (env: Record<string, string>): Promise<boolean> =>
        (await callMain(["analyze", runDir], { env })).out.includes("\u001b[");
      expect(await coloured({ FORCE_COLOR: "1", CI: "true" })).to.equal(true);
      expect(await coloured({ CI: "true" })).to.equal(false);
    } finally {
      await rm(runDir, { recursive: true, force: true });
    }
  });

  it("70 when no Docker answers, with the fix; JUnit and the last lines say what broke", async () => {
    const { exitCode, all } = await run(["run", "no-faults", "--seed", "7", "-o", output], {
      env: { DOCKER_HOST: "unix:///nonexistent/docker.sock", GITHUB_ACTIONS: "true" },
    });
    expect({ exitCode, all }).to.include({ exitCode: 70 });
    expect(all).to.contain("::error file=scenarios/no-faults.ts,title=BROKEN no-faults::");
    expect(all).to.match(/repeat {2}npx chaos run no-faults --seed 7\nerror: .*\nfix: .*\s*$/);
    expect(await readFile(join(output, "junit.xml"), "utf8")).to.match(/errors="1"[^]*<error /);
  });

  it("130 for Ctrl-C, delivered twice as npm does", async () => {
    const bin = await mkdtemp(join(tmpdir(), "chaos-bin-"));
    try {
      const docker = join(bin, "docker");
      const asked = join(bin, "asked");
      await writeFile(docker, `#!/bin/sh\n: >${asked}\nexec sleep 60\n`);
      await chmod(docker, 0o755);
      const child = run(["run", "-o", output], {
        env: { PATH: `${bin}:${dirname(process.execPath)}:/usr/bin:/bin` },
      });
      for (const deadlineMs = Date.now() + 15_000; !existsSync(asked);) {
        expect(Date.now(), "docker was never asked").to.be.below(deadlineMs);
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      child.kill("SIGINT");
      child.kill("SIGINT");
      const { exitCode, all } = await child;
      expect({ exitCode, all }).to.include({ exitCode: 130 });
    } finally {
      await rm(bin, { recursive: true, force: true });
    }
  });
});
