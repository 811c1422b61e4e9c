import { expect } from "chai";
import { getPriority } from "node:os";
import { comeFirst } from "./priority.js";

describe("the harness' priority", () => {
  it("is higher while it must notice things, where that is allowed, and as before afterwards", () => {
    const before = getPriority();
    const giveBack = comeFirst();
    const isRoot = process.getuid?.() === 0;
    expect(getPriority()).to.equal(isRoot ? Math.min(before, -7) : before);
    giveBack();
    expect(getPriority()).to.equal(before);
  });
});
