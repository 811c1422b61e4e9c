/** The workflows do nothing of their own: what they run is in the Makefile, so that anybody can repeat it. */
import { readdirSync, readFileSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { execa } from "execa";
import { parse } from "yaml";
import { z } from "zod";

const root = join(import.meta.dirname, "..");
const directory = join(root, ".github/workflows");

const Step = z.strictObject({
  uses: z.string().optional(),
  run: z.string().optional(),
  if: z.string().optional(),
  with: z.record(z.string(), z.unknown()).optional(),
  env: z.record(z.string(), z.string()).optional(),
});
const Workflow = z.object({
  on: z.record(z.string(), z.unknown()),
  permissions: z.record(z.string(), z.string()),
  jobs: z.record(
    z.string(),
    z.object({
      "timeout-minutes": z.number(),
      steps: z.array(Step),
      permissions: z.never().optional(),
    }),
  ),
});

const workflows = readdirSync(directory).map((name) => {
  const parsed = Workflow.parse(parse(readFileSync(join(directory, name), "utf8")));
  const steps = Object.values(parsed.jobs).flatMap((job) => job.steps);
  return { name, ...parsed, steps };
});

describe("the workflows", () => {
  it("are those for pull requests, nights and releases", () => {
    const events = Object.fromEntries(workflows.map(({ name, on }) => [name, Object.keys(on)]));
    expect(events).to.deep.equal({
      "nightly.yml": ["schedule", "workflow_dispatch"],
      "pull-request.yml": ["pull_request"],
      "release.yml": ["push"],
    });
  });

  it("run nothing but targets that the Makefile has, and put no text from outside into a shell", () => {
    const makefile = readFileSync(join(root, "Makefile"), "utf8");
    const targets = [...makefile.matchAll(/^([a-z][a-z-]*):(?! export)/gm)].map(([, name]) => name);
    const phony = /^\.PHONY: (.+)$/m.exec(makefile)?.[1]?.split(" ");
    const commands = workflows.flatMap(({ steps }) => steps.flatMap(({ run }) => run ?? []));
    expect(commands).to.have.length.above(3);
    for (const command of commands) {
      const match = /^make ([a-z-]+)( [A-Z]+=(\$\{\{ matrix\.seed \}\}|[\w/.-]*))*$/.exec(command);
      expect(match, command).to.not.equal(null);
      expect(targets, command).to.include(match![1]);
      expect(phony, command).to.include(match![1]);
    }
  });

  it("use actions by their major version, with no more rights than reading the code", () => {
    for (const { name, permissions, steps } of workflows) {
      expect(permissions, name).to.deep.equal({ contents: "read" });
      for (const { uses, with: options } of steps) {
        if (uses === undefined) continue;
        expect(uses, name).to.match(/^actions\/[a-z-]+(\/[a-z-]+)?@v\d+$/);
        if (uses.startsWith("actions/checkout")) {
          expect(options, name).to.deep.equal({ "persist-credentials": false });
        }
      }
    }
  });

  it("make one reports directory of those that several machines made", async () => {
    const cwd = await mkdtemp(join(tmpdir(), "gather-"));
    try {
      for (const seed of ["1", "2"]) {
        await mkdir(join(cwd, `parts/release seed ${seed}/runs/no-faults/run-${seed}`), {
          recursive: true,
        });
        const index = join(cwd, `parts/release seed ${seed}/index.jsonl`);
        await writeFile(index, `{"seed":"${seed}"}\n`);
      }
      await execa("make", ["-f", join(root, "Makefile"), "gather"], { cwd });
      expect(await readdir(join(cwd, "reports/runs/no-faults"))).to.have.members([
        "run-1",
        "run-2",
      ]);
      const index = await readFile(join(cwd, "reports/index.jsonl"), "utf8");
      expect(index).to.equal('{"seed":"1"}\n{"seed":"2"}\n');
    } finally {
      await rm(cwd, { recursive: true });
    }
  });
});
