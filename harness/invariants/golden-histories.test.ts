/** Every history in fixtures/histories comes out as its author says, to the last number. */
import { readdirSync } from "node:fs";
import { expect } from "chai";
import { SIGNALS } from "../model/signal.js";
import { judgeStory } from "./test-history.js";
import { HISTORIES_DIR, readStory } from "./test-story.js";

const NAMES = readdirSync(HISTORIES_DIR)
  .map((file) => file.replace(/\.yaml$/, ""))
  .filter((name) => name !== "deployment");

describe("histories written by hand", () => {
  for (const name of NAMES) {
    const story = readStory(name);
    const expected = story.expect;

    it(`${name}: ${story.story}`, async () => {
      const lost: Record<string, string> = {};
      const { verdict, headline, invariants, accounting } = await judgeStory(
        story,
        async (history) => {
          const rows = await history.query<{ id: string; place: string; rule: string | null }>(
            "SELECT id, place, rule_name AS rule FROM items WHERE state = 'lost' ORDER BY id",
          );
          for (const { id, place, rule } of rows) {
            const unexplained = place === "unknown" ? "unexplained" : `unexplained, ${place}`;
            lost[id] = rule === null ? unexplained : `${place}, ${rule}`;
          }
        },
      );
      const notPassed = invariants.filter((one) => one.verdict !== "pass");
      const reasons = notPassed.map(({ kind, reason }) => `${kind}: ${reason}`).join("\n");
      expect(
        Object.fromEntries(notPassed.map((one) => [one.kind, one.verdict])),
        reasons,
      ).to.deep.equal(expected.invariants);
      expect(verdict).to.equal(expected.verdict);
      expect(headline).to.contain(expected.says ?? "");
      expect(lost).to.deep.equal(expected.lost);
      for (const signal of SIGNALS) {
        const { balances, ...counts } = accounting[signal];
        const nonZero = Object.entries(counts).filter(([, count]) => count !== 0);
        expect(Object.fromEntries(nonZero), signal).to.deep.equal(expected.books[signal] ?? {});
        expect(balances, signal).to.equal(true);
      }
    });
  }
});
