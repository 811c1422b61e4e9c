import { expect } from "chai";
import { execa } from "execa";
import { callMain } from "./test-main.js";

describe("shell completion", () => {
  /** What bash offers after these words, the last of which is begun. */
  async function offered(...words: string[]): Promise<string[]> {
    const { exitCode, out } = await callMain(["completion", "bash"]);
    expect(exitCode).to.equal(0);
    const quoted = words.map((word) => `'${word}'`).join(" ");
    const script = `${out}
      COMP_WORDS=(chaos ${quoted}); COMP_CWORD=${String(words.length)}; _chaos
      printf '%s\\n' "\${COMPREPLY[@]}"`;
    const { stdout } = await execa("bash", ["-c", script]);
    return stdout.split("\n").filter(Boolean);
  }

  it("knows commands, their flags, the values of a flag, and scenarios", async () => {
    expect(await offered("an")).to.deep.equal(["analyze"]);
    expect(await offered("run", "--grep")).to.deep.equal(["--grep", "--grep-invert"]);
    expect(await offered("run", "--suite", "s")).to.deep.equal(["smoke"]);
    expect(await offered("run", "--tag", "c")).to.deep.equal(["controls"]);
    expect(await offered("list", "gateway-res")).to.deep.equal([
      "gateway-restart",
      "gateway-restart-all",
    ]);
    expect(await offered("check", "publ")).to.deep.equal(["published"]);
    expect(await offered("doctor", "--")).to.deep.equal(["--images", "--help"]);
    expect(await offered("run", "--no-st")).to.deep.equal([]);
  });

  it("has a script for each shell; zsh's is bash's with a bridge", async () => {
    const script = async (shell: string) => (await callMain(["completion", shell])).out;
    const bash = await script("bash");
    expect((await script("zsh")).endsWith(bash)).to.equal(true);
    expect(await script("fish")).to.contain("-l suite -x -a 'smoke ");
  });
});
