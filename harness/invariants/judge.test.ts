/** What must hold of every history, however little sense it makes: judged on generated ones. */
import { expect } from "chai";
import fc from "fast-check";
import { SMALL } from "../history/database.js";
import type { History } from "../history/open-history.js";
import { SIGNALS, type Signal } from "../model/signal.js";
import type { Judgement } from "./judge.js";
import { judgeStory } from "./test-history.js";
import { itemOf, Story, type StoryInput } from "./test-story.js";

/** Each history opens a database, so few are made and each holds many items. */
const RUNS = { numRuns: Number(process.env["PROPERTY_RUNS"] ?? 5), endOnFailure: true };

type SendInput = StoryInput["sends"][number];
type Changes = NonNullable<StoryInput["changes"]>;

const gateway = fc.constantFrom("g1", "g2", "g3", "g4");
const changes: fc.Arbitrary<Changes> = fc.constantFrom<Changes>(
  [],
  [{ at: 100, comes: "g4" }],
  [{ at: 100, restarts: "g2" }],
  [{ at: 100, gone: "g2" }],
  [
    { at: 100, gone: "g2" },
    { at: 107, comes: "g4" },
  ],
);

const common = {
  at: fc.integer({ min: 30_000, max: 140_000 }).map((ms) => ms / 1_000),
  node: fc.constantFrom("n1", "n2"),
  answer: fc.constantFrom("acked", "acked", "acked", "refused", "none"),
  received: fc.array(
    fc.record({
      from: gateway,
      node: fc.constantFrom("n1", "n2"),
      digest: fc.option(fc.constant("00"), { nil: undefined, freq: 9 }),
    }),
    { maxLength: 2 },
  ),
} as const;
const send = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      ...common,
      name: fc.nat(50),
      kind: fc.constant("span" as const),
      trace: fc.nat(9),
      error: fc.option(fc.boolean(), { nil: false, freq: 2 }),
      lasts: fc.constantFrom(0.01, 0.5, 2),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      ...common,
      name: fc.nat(20),
      kind: fc.constant("log" as const),
      trace: fc.nat(9),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ ...common, name: fc.nat(20), kind: fc.constant("metric" as const) }),
  },
);

/** Sends of ten traces and three services; an ID belongs to one of them, and may be sent again. */
const sendsOf = (prefix: string): fc.Arbitrary<SendInput[]> =>
  fc.array(send, { minLength: 20, maxLength: 60 }).map((drawn) =>
    drawn.map(({ kind, name, ...rest }) => {
      const id = `${prefix}-${kind}-${String(name)}`;
      const owner = {
        [kind]: id,
        ...(kind === "metric" ? { service: `${prefix}-s${String(name % 3)}` } : {}),
      };
      const trace = kind === "metric" ? {} : { trace: `${prefix}-t${String(name % 10)}` };
      return { ...rest, ...owner, ...trace } as SendInput;
    }),
  );

function storyOf(sends: readonly SendInput[], happened: Changes): Story {
  const names = (field: "trace" | "service"): string[] =>
    [...new Set(sends.map((one) => one[field] ?? ""))].filter((name) => name !== "");
  return Story.parse({
    story: "generated",
    changes: happened,
    traces: Object.fromEntries(
      names("trace").map((name) => [name, { hash: /[02468]$/.test(name) ? "keep" : "drop" }]),
    ),
    services: Object.fromEntries(names("service").map((name) => [name, {}])),
    sends,
    expect: { verdict: "pass", books: {} },
  });
}

type Fate = "unexplained" | "explained" | "not lost";
interface Seen {
  readonly books: Judgement["accounting"];
  readonly fates: ReadonlyMap<string, Fate>;
  readonly reported: number;
}

async function see(
  sends: readonly SendInput[],
  happened: Changes,
  itemsAtOnce = SMALL.itemsAtOnce,
): Promise<Seen> {
  const fates = new Map<string, Fate>();
  let reported = 0;
  const look = async (history: History): Promise<void> => {
    const rows = await history.query<{ id: string; fate: Fate }>(
      `SELECT id, CASE WHEN state <> 'lost' THEN 'not lost' WHEN rule IS NULL THEN 'unexplained'
         ELSE 'explained' END AS fate FROM items`,
    );
    expect(new Set(rows.map(({ id }) => id)).size, "one row an item").to.equal(rows.length);
    for (const { id, fate } of rows) fates.set(id, fate);
    const [count] = await history.query<{ n: number }>("SELECT count(*) AS n FROM report_items");
    reported = count?.n ?? 0;
  };
  const means = { ...SMALL, itemsAtOnce };
  const { accounting } = await judgeStory(storyOf(sends, happened), look, means);
  return { books: accounting, fates, reported };
}

const withFate = ({ fates }: Seen, ...wanted: Fate[]): string[] =>
  [...fates].filter(([, fate]) => wanted.includes(fate)).map(([id]) => id);

describe("the judge, on any history", function () {
  this.timeout(120_000);

  it("gives every attempted item one outcome, and the books add up", () =>
    fc.assert(
      fc.asyncProperty(sendsOf("a"), changes, async (sends, happened) => {
        const { books, fates, reported } = await see(sends, happened);
        const ids = (signal: Signal, fits: (one: SendInput) => boolean): number =>
          new Set(
            Story.shape.sends
              .parse(sends)
              .map(itemOf)
              .filter((item, n) => item.signal === signal && fits(sends[n]!))
              .map(({ id }) => id),
          ).size;
        expect([fates.size, reported]).to.deep.equal(
          Array(2).fill(SIGNALS.reduce((sum, signal) => sum + ids(signal, () => true), 0)),
        );
        for (const signal of SIGNALS) {
          expect(books[signal]).to.include({
            balances: true,
            attempted: ids(signal, () => true),
            acked: ids(signal, ({ answer }) => answer === "acked"),
            received: ids(signal, ({ received }) => (received as unknown[]).length > 0),
          });
        }
      }),
      RUNS,
    ));

  it("does not depend on the order of the records", () =>
    fc.assert(
      fc.asyncProperty(sendsOf("a"), changes, fc.nat(), async (sends, happened, by) => {
        const turned = [...sends.slice(by % sends.length), ...sends.slice(0, by % sends.length)];
        expect(await see(turned.reverse(), happened)).to.deep.equal(await see(sends, happened));
      }),
      RUNS,
    ));

  it("does not depend on how many items are classified at once", () =>
    fc.assert(
      fc.asyncProperty(
        sendsOf("a"),
        changes,
        fc.integer({ min: 1, max: 20 }),
        fc.nat(),
        async (sends, happened, itemsAtOnce, n) => {
          // A span that came in another trace is at home in another shard than its receipt, now and then.
          const traces = sends.flatMap(({ trace }) => (trace === undefined ? [] : [trace]));
          const [strayed] = [traces[n % Math.max(1, traces.length)]];
          const moved = sends.map((one, index) =>
            index === n % sends.length && strayed !== undefined && one.span !== undefined
              ? { ...one, received: [{ from: "g1" as const, trace: strayed }] }
              : one,
          );
          expect(await see(moved, happened, itemsAtOnce)).to.deep.equal(await see(moved, happened));
        },
      ),
      RUNS,
    ));

  it("finds no more loss with one more receipt", () =>
    fc.assert(
      fc.asyncProperty(
        sendsOf("a"),
        changes,
        fc.nat(),
        gateway,
        async (sends, happened, n, from) => {
          const more = sends.map((one, index) =>
            index === n % sends.length
              ? { ...one, received: [...(one.received as { from: typeof from }[]), { from }] }
              : one,
          );
          const before = withFate(await see(sends, happened), "explained", "unexplained");
          const after = withFate(await see(more, happened), "explained", "unexplained");
          expect(before).to.include.members(after);
        },
      ),
      RUNS,
    ));

  it("finds the same loss when every receipt comes twice", () =>
    fc.assert(
      fc.asyncProperty(sendsOf("a"), changes, async (sends, happened) => {
        const twice = sends.map((one) => {
          const received = one.received as { from: "g1" }[];
          return { ...one, received: [...received, ...received] };
        });
        expect((await see(twice, happened)).fates).to.deep.equal(
          (await see(sends, happened)).fates,
        );
      }),
      RUNS,
    ));

  it("explains no less with one more death", () =>
    fc.assert(
      fc.asyncProperty(
        sendsOf("a"),
        changes,
        fc.constantFrom("g1", "g2", "g3"),
        fc.integer({ min: 20, max: 190 }),
        fc.constantFrom("dies", "restarts"),
        async (sends, happened, name, at, how) => {
          const before = withFate(await see(sends, happened), "unexplained");
          const more = await see(sends, [...happened, { at, [how]: name }]);
          expect(before).to.include.members(withFate(more, "unexplained"));
        },
      ),
      RUNS,
    ));

  it("adds up the books of two histories that share nothing", () =>
    fc.assert(
      fc.asyncProperty(sendsOf("a"), sendsOf("b"), changes, async (one, other, happened) => {
        const [a, b] = [await see(one, happened), await see(other, happened)];
        const both = await see([...one, ...other], happened);
        for (const signal of SIGNALS) {
          for (const [column, count] of Object.entries(both.books[signal])) {
            const name = column as keyof typeof both.books.traces;
            if (name === "balances") expect(count).to.equal(true);
            else
              expect(count, `${signal} ${name}`).to.equal(
                a.books[signal][name] + b.books[signal][name],
              );
          }
        }
      }),
      RUNS,
    ));
});
