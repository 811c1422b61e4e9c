import { expect } from "chai";
import { terminalMode } from "./terminal-mode.js";

const TTY = { stdout: { isTTY: true }, stderr: { isTTY: true } };
const PIPE = { stdout: {}, stderr: {} };
const plain = { tty: true, quiet: false, logLevel: "info", logJson: false } as const;

describe("what a terminal is used for", () => {
  for (const [what, env, streams, settings, live, colour] of [
    ["a terminal", {}, TTY, {}, true, true],
    ["a pipe", {}, PIPE, {}, false, false],
    ["CI on a terminal", { CI: "true" }, TTY, {}, false, false],
    ["a dumb terminal", { TERM: "dumb" }, TTY, {}, false, false],
    ["--no-tty", {}, TTY, { tty: false }, false, false],
    ["NO_COLOR", { NO_COLOR: "1" }, TTY, {}, true, false],
    ["NO_COLOR beside FORCE_COLOR", { NO_COLOR: "1", FORCE_COLOR: "1" }, TTY, {}, true, false],
    ["FORCE_COLOR in CI", { FORCE_COLOR: "1", CI: "true" }, PIPE, {}, false, true],
    ["FORCE_COLOR=0", { FORCE_COLOR: "0" }, TTY, {}, true, false],
    ["an empty NO_COLOR, which says nothing", { NO_COLOR: "" }, TTY, {}, true, true],
  ] as const) {
    it(`${what}: ${live ? "a live line" : "plain lines"}, ${colour ? "colour" : "none"}`, () => {
      const mode = terminalMode({ ...plain, ...settings }, env, streams);
      expect(mode).to.deep.equal({
        live,
        colour: { stdout: colour, stderr: colour },
        level: "info",
        json: false,
      });
    });
  }

  it("only standard error's own kind decides on the live line", () => {
    const piped = terminalMode(plain, {}, { stdout: {}, stderr: { isTTY: true } });
    expect(piped).to.deep.include({ live: true, colour: { stdout: false, stderr: true } });
  });

  it("--quiet tells warnings only", () => {
    expect(terminalMode({ ...plain, quiet: true }, {}, TTY).level).to.equal("warn");
  });
});
