import { expect } from "chai";
import fc from "fast-check";
import { SMALL } from "./database.js";
import { meansFor } from "./means.js";

const MB = 1_000_000;

describe("the means for a history", () => {
  it("grow without a step: a few megabytes more of tables never take 20 MB more", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 5_000 * MB }), (bytes) => {
        const [less, more] = [meansFor(bytes), meansFor(bytes + 4 * MB)];
        expect(more.memoryMb - less.memoryMb).to.be.within(0, 20);
        expect(more.itemsAtOnce).to.be.at.least(less.itemsAtOnce);
      }),
    );
  });

  it("of a run of a few minutes are the smallest, and have a bound", () => {
    expect(meansFor(16 * MB)).to.equal(SMALL);
    expect(meansFor(100_000 * MB).memoryMb).to.equal(2_400);
  });

  it("leave every item that is judged at once its memory", () => {
    for (const bytes of [16, 27, 46, 462, 4_620].map((mb) => mb * MB)) {
      const { memoryMb, itemsAtOnce } = meansFor(bytes);
      expect((memoryMb * MB) / itemsAtOnce).to.be.at.least(500);
    }
  });
});
