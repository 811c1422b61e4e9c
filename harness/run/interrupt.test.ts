import { expect } from "chai";
import { watchInterrupts } from "./interrupt.js";

describe("watchInterrupts", () => {
  const press = () => process.emit("SIGINT");

  it("takes the doubled signal that npm delivers for one key press as one request", () => {
    let clockMs = 0;
    let first = 0;
    const exits: number[] = [];
    const watch = watchInterrupts(
      () => first++,
      (code) => exits.push(code),
      () => clockMs,
    );
    press();
    clockMs = 20;
    press();
    watch.stop();
    expect({ first, exits, aborted: watch.signal.aborted }).to.deep.equal({
      first: 1,
      exits: [],
      aborted: true,
    });
  });

  it("stops at once when asked again a second later", () => {
    let clockMs = 0;
    const exits: number[] = [];
    const watch = watchInterrupts(
      () => undefined,
      (code) => exits.push(code),
      () => clockMs,
    );
    press();
    clockMs = 1_000;
    press();
    watch.stop();
    expect(exits).to.deep.equal([130]);
  });
});
