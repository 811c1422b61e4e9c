import { expect } from "chai";
import fc from "fast-check";
import { treatmentOf } from "./treatment.js";

const sizes = fc.array(fc.integer({ min: 0, max: 40 }), { maxLength: 40 });
const oneIn = fc.integer({ min: 1, max: 20 });

describe("the treatment of requests", () => {
  it("strikes every nth item, however the items are cut into requests", () => {
    fc.assert(
      fc.property(sizes, oneIn, (requests, n) => {
        const treat = treatmentOf({ kind: "drop-one-in", n }, 0);
        let before = 0;
        const struck = requests.flatMap((items) => {
          const treatment = treat(items, 0);
          const places = "struck" in treatment ? [...treatment.struck] : [];
          const numbers = places.map((place) => before + place + 1);
          before += items;
          return numbers;
        });
        const every = Array.from({ length: Math.floor(before / n) }, (_, i) => (i + 1) * n);
        expect(struck).to.deep.equal(every);
      }),
    );
  });

  it("delays every nth request and refuses the first ones, whatever they hold", () => {
    fc.assert(
      fc.property(sizes, oneIn, (requests, n) => {
        const delay = treatmentOf({ kind: "delay-one-in", n, delayMs: 5 }, 0);
        const refuse = treatmentOf({ kind: "refuse-requests", count: n }, 0);
        requests.forEach((items, index) => {
          expect(delay(items, 0).did).to.equal((index + 1) % n === 0 ? "delayed" : "nothing");
          expect(refuse(items, 0).did).to.equal(index < n ? "refused" : "nothing");
        });
      }),
    );
  });

  it("refuses from the order on until its time is over, and not at its end", () => {
    const treat = treatmentOf({ kind: "unavailable", forMs: 1_000 }, 5_000);
    expect([5_000, 5_999, 6_000, 9_000].map((atMs) => treat(3, atMs).did)).to.deep.equal([
      "refused",
      "refused",
      "nothing",
      "nothing",
    ]);
  });
});
