import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { environmentName, longFlag, optionEntries } from "./options-table.js";
import { callMain } from "./test-main.js";

describe("configuration", () => {
  let cwd: string;
  beforeEach(async () => {
    cwd = await mkdtemp(join(tmpdir(), "chaos-config-"));
  });
  afterEach(() => rm(cwd, { recursive: true }));

  const write = (file: string, text: string): Promise<void> => writeFile(join(cwd, file), text);
  /** What `chaos config` shows of one option: value and source. */
  async function shown(key: string, args: string[] = [], env: Record<string, string> = {}) {
    const { exitCode, out, err } = await callMain(["config", "--show", ...args], { env, cwd });
    expect({ exitCode, err }).to.deep.equal({ exitCode: 0, err: "" });
    const line = out.split("\n").find((one) => one.startsWith(`${key} `)) ?? "";
    return line.slice(key.length).trim().split(/ {2,}/);
  }

  it("a flag beats the environment, which beats the file, which beats the default", async () => {
    expect(await shown("images")).to.deep.equal(["auto", "default"]);
    await write("chaos.config.yaml", "strict: true\nimages: registry\n");
    expect(await shown("images")).to.deep.equal(["registry", "chaos.config.yaml:2"]);
    const env = { CHAOS_IMAGES: "build" };
    expect(await shown("images", [], env)).to.deep.equal(["build", "CHAOS_IMAGES"]);
    expect(await shown("images", ["--images", "auto"], env)).to.deep.equal(["auto", "--images"]);
  });

  it("a flag takes back what the file says, both ways", async () => {
    await write("chaos.config.yaml", "strict: true\nfaults: false\n");
    expect(await shown("strict", ["--no-strict"])).to.deep.equal(["false", "--no-strict"]);
    expect(await shown("faults", ["--faults"])).to.deep.equal(["true", "--faults"]);
    expect(await shown("faults")).to.deep.equal(["false", "chaos.config.yaml:2"]);
  });

  it("chaos.config.ts is a file like the other; both at once are refused", async () => {
    await write("chaos.config.ts", 'export default { seed: 7, tag: "smoke" };\n');
    expect(await shown("seed")).to.deep.equal(["7", "chaos.config.ts"]);
    expect(await shown("tag")).to.deep.equal(['["smoke"]', "chaos.config.ts"]);
    await write("chaos.config.yaml", "seed: 8\n");
    const { exitCode, err } = await callMain(["config"], { cwd });
    expect({ exitCode, err }).to.deep.equal({
      exitCode: 64,
      err: "error: chaos.config.yaml and chaos.config.ts: there are both; remove one\n",
    });
  });

  it("of two that exclude each other the stronger source counts", async () => {
    await write("chaos.config.yaml", "keepCluster: on-failure\n");
    expect(await shown("keepCluster", ["--reuse-cluster", "x"])).to.deep.equal([
      "never",
      "default",
    ]);
    expect(await shown("reuseCluster", ["--reuse-cluster", "x"])).to.deep.equal([
      "x",
      "--reuse-cluster",
    ]);
  });

  it("what lasts and is only about a borrowed cluster waits for one; the flag is on the command line", async () => {
    await write("chaos.config.yaml", "namespace: chaos\nimages: build\n");
    expect(await shown("namespace")).to.deep.equal(["chaos", "chaos.config.yaml:1"]);
    expect(await shown("context", [], { CHAOS_CONTEXT: "staging" })).to.deep.equal([
      "staging",
      "CHAOS_CONTEXT",
    ]);
    // The context is the stronger source, and a borrowed cluster gets no images.
    expect(await shown("images", ["--context", "staging"])).to.deep.equal(["auto", "default"]);
    const { exitCode, err } = await callMain(["run", "no-faults"], {
      env: { CHAOS_CONTEXT: "staging", CHAOS_OUTPUT: cwd },
    });
    expect(exitCode).to.equal(64);
    expect(err).to.contain("add --i-own-this-cluster");
  });

  it("--keep-cluster does not take the scenario's name for its value", async () => {
    const { exitCode, out } = await callMain(["run", "--keep-cluster", "no-faults", "--list"]);
    expect(exitCode).to.equal(0);
    expect(out).to.match(/^no-faults /);
  });

  it("the configuration decides what is listed", async () => {
    await write("chaos.config.yaml", "suite: controls\n");
    const { out } = await callMain(["list", "--json"], { cwd });
    const listed = JSON.parse(out) as { control: boolean; estimatedMinutes: number }[];
    expect(listed.length).to.be.greaterThan(5);
    expect(listed.every(({ control }) => control)).to.equal(true);
    expect(listed.every(({ estimatedMinutes }) => estimatedMinutes >= 1)).to.equal(true);
  });

  for (const [what, text, message] of [
    [
      "an unknown key",
      "\nimage: build",
      "chaos.config.yaml:2: image: there is no such option; did you mean images?",
    ],
    [
      "a wrong type",
      "strict: perhaps",
      'chaos.config.yaml:1: strict: "perhaps": give true or false',
    ],
    [
      "a flag's key",
      "dryRun: true",
      "chaos.config.yaml:1: dryRun: there is no such option; it can only be given as a flag",
    ],
    [
      "a seed that a float cannot hold",
      "seed: 18446744073709551615",
      "chaos.config.yaml:1: seed: 18446744073709552000: give a whole number",
    ],
    ["a list", "- images", "chaos.config.yaml: give options by name"],
    ["no YAML", "images: [", "chaos.config.yaml:1: "],
  ] as const) {
    it(`${what} in the file is one line that names file, line and key`, async () => {
      await write("chaos.config.yaml", text);
      const { exitCode, err } = await callMain(["run", "--list"], { cwd });
      expect(exitCode).to.equal(64);
      expect(err)
        .to.match(/^error: [^\n]+\n$/)
        .and.to.contain(message);
    });
  }

  it("every option has a flag of its own, a name in the environment and a default that it shows", () => {
    const flags = optionEntries.map(([, spec]) => longFlag(spec));
    const names = optionEntries.map(([key]) => environmentName(key));
    expect(new Set(flags).size).to.equal(optionEntries.length);
    expect(names).to.include.members(["CHAOS_GREP_INVERT", "CHAOS_SEED"]);
    for (const [key, { schema, fallback, kind }] of optionEntries) {
      if (fallback === undefined || typeof fallback === "object") continue;
      expect(schema.safeParse(fallback).success, `${key}'s default`).to.equal(true);
      expect(kind === "flag", key).to.equal(typeof fallback === "boolean");
    }
  });
});

describe("selecting", () => {
  const names = async (...args: string[]): Promise<string[]> => {
    const { out } = await callMain(["run", "--list", "--json", ...args]);
    return (JSON.parse(out) as { name: string }[]).map(({ name }) => name);
  };

  it("a tag or a pattern looks at all scenarios unless a suite or names are given", async () => {
    expect(await names("-g", "kill-nothing")).to.deep.equal(["kill-nothing"]);
    expect(await names("--tag", "controls", "-g", "^queue")).to.deep.equal([
      "queue-off",
      "queue-too-small",
    ]);
    expect(await names("--suite", "smoke", "-g", "kill")).to.deep.equal(["gateway-kill"]);
  });

  it("several tags widen, --grep-invert narrows", async () => {
    const both = await names("--tag", "smoke", "--tag", "@controls");
    expect(both).to.include.members(["gateway-kill", "kill-nothing"]);
    expect(await names("--tag", "smoke,controls", "--grep-invert", "^(back|queue)")).to.have.length(
      both.length - both.filter((name) => /^(back|queue)/.test(name)).length,
    );
  });

  it("nothing is an error unless that is allowed", async () => {
    const refused = await callMain(["run", "-g", "nothing-like-it", "--list"]);
    expect(refused.exitCode).to.equal(64);
    expect(refused.err).to.contain("--grep nothing-like-it: matches no scenario");
    const allowed = ["run", "-g", "nothing-like-it", "--pass-with-no-scenarios"];
    expect((await callMain(allowed)).exitCode).to.equal(0);
    expect(await names("-g", "nothing-like-it", "--pass-with-no-scenarios")).to.deep.equal([]);
  });
});
