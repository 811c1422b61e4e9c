import { expect } from "chai";
import fc from "fast-check";
import { Accounting, balances } from "../model/accounting.js";
import { ASIDE, checkSums, COLUMN_NAME, columnMeaning, SUMS, type Column } from "./books.js";
import { sample } from "./sample.js";

describe("books", () => {
  it("show every column of the accounting", () => {
    const shown = new Set([...SUMS.flatMap(({ total, parts }) => [total, ...parts]), ...ASIDE]);
    const columns = Object.keys(Accounting.shape).filter((name) => name !== "balances");
    expect([...shown].sort()).to.deep.equal(columns.sort());
    expect(Object.keys(COLUMN_NAME).sort()).to.deep.equal(columns.sort());
    for (const column of shown) expect(columnMeaning(column), column).to.not.equal("");
  });

  it("agree with the model about what adds up", () => {
    const { traces } = sample().record.accounting;
    const columns = Object.keys(COLUMN_NAME) as Column[];
    fc.assert(
      fc.property(fc.constantFrom(...columns), fc.integer({ min: 0, max: 2 }), (column, more) => {
        const changed = { ...traces, [column]: traces[column] + more };
        expect(checkSums(changed).every(({ addsUp }) => addsUp)).to.equal(balances(changed));
      }),
    );
  });
});
