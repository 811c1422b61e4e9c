/** Programs that fail, hang or are aborted. */
import { expect } from "chai";
import fc from "fast-check";
import { execFileSync } from "node:child_process";
import { commandLine, execute, pipe, run } from "./command.js";
import { KitError } from "./errors.js";

const node = (script: string): string[] => ["-e", script];

async function failure(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => expect.fail("it succeeded"),
    (error: unknown) => error,
  );
}

describe("commands", () => {
  it("a failure carries a command to paste, the exit code and the last words", async () => {
    const script = 'console.error("first\\nlast words"); process.exit(3)';
    const error = (await failure(run(process.execPath, node(script)))) as KitError;
    expect(error).to.be.instanceOf(KitError);
    expect(error.message).to.match(/exit code 3: last words$/);
    expect(error.stderr).to.equal("first\nlast words");
    expect(error.command).to.contain(process.execPath);
  });

  it("a program that is not there is named, with the fix", async () => {
    const options = { fix: "install it" };
    const error = (await failure(run("no-such-program-here", [], options))) as KitError;
    expect(error.message).to.equal("no-such-program-here is not installed");
    expect(error.fix).to.equal("install it");
  });

  it("a deadline ends a program that hangs", async () => {
    const hang = node("setTimeout(() => {}, 60_000)");
    const error = (await failure(execute(process.execPath, hang, { timeoutMs: 100 }))) as KitError;
    expect(error.message).to.contain("took longer than 0.1 s");
  });

  it("an abort throws the signal's own reason", async () => {
    const reason = new Error("the user said stop");
    const controller = new AbortController();
    const hang = node("setTimeout(() => {}, 60_000)");
    const work = run(process.execPath, hang, { signal: controller.signal });
    setTimeout(() => controller.abort(reason), 50);
    expect(await failure(work)).to.equal(reason);
  });

  it("lines of both outputs arrive as they come", async () => {
    const lines: string[] = [];
    const script = 'console.log("out"); console.error("err")';
    await run(process.execPath, node(script), { onLine: (line) => lines.push(line) });
    expect(lines).to.have.members(["out", "err"]);
  });

  it("a pipe returns what its sink prints and fails when either side fails", async () => {
    const echo = node("process.stdin.pipe(process.stdout)");
    const good = node('process.stdout.write("through")');
    const bad = node('console.error("no good"); process.exit(1)');
    const exe = process.execPath;
    expect(await pipe([exe, ...good], [exe, ...echo])).to.equal("through");
    for (const [source, sink] of [
      [bad, echo],
      [good, bad],
    ] as const) {
      expect(await failure(pipe([exe, ...source], [exe, ...sink]))).to.be.instanceOf(KitError);
    }
  });

  it("a pasted command line means the same words to a shell", () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ minLength: 1 }), { minLength: 1, maxLength: 4 }),
        (words) => {
          const printable = words.map((word) => word.replaceAll("\0", ""));
          const pasted = commandLine("printf", ["%s\\0", ...printable]);
          const output = execFileSync("sh", ["-c", pasted], { encoding: "utf8" });
          expect(output).to.equal(printable.map((word) => `${word}\0`).join(""));
        },
      ),
      { numRuns: 25 },
    );
  });
});
