import { expect } from "chai";
import { scenarios } from "../../scenarios/suites.js";
import { overrideScenario } from "./override-scenario.js";
import { planRuns, seedOf, withEach } from "./planned-runs.js";
import { callMain } from "./test-main.js";

const [first, second] = scenarios;
const kill = scenarios.find(({ name }) => name === "gateway-kill")!;

describe("planned runs", () => {
  it("go round: every scenario once before any of them a second time", () => {
    const runs = planRuns([first!, second!], 7n, 2);
    expect(runs.map(({ scenario, repetition }) => [scenario.name, repetition])).to.deep.equal([
      [first!.name, 1],
      [second!.name, 1],
      [first!.name, 2],
      [second!.name, 2],
    ]);
  });

  it("the first has the seed itself, each further one a seed of its own that the seed leads to", () => {
    const seeds = planRuns([first!], 7n, 50).map(({ seed }) => seed);
    expect(seeds[0]).to.equal(7n);
    expect(new Set(seeds).size).to.equal(50);
    expect(seeds).to.deep.equal(planRuns([first!], 7n, 50).map(({ seed }) => seed));
    expect(seedOf(8n, 2)).not.to.equal(seedOf(7n, 2));
  });

  it("with several images have each in its turn, with the seed of the run", () => {
    const runs = withEach(["a:1", "b:1"], planRuns([first!, second!], 7n, 1));
    expect(
      runs.map(({ scenario, seed, collectorImage }) => [
        scenario.name,
        scenario.collectorImage,
        seed,
        collectorImage,
      ]),
    ).to.deep.equal([
      [first!.name, "a:1", 7n, "a:1"],
      [first!.name, "b:1", 7n, "b:1"],
      [second!.name, "a:1", 7n, "a:1"],
      [second!.name, "b:1", 7n, "b:1"],
    ]);
    const planned = planRuns([first!], 7n, 1);
    expect(withEach(["a:1"], planned)).to.equal(planned);
  });

  it("a scenario that is named twice is run twice, as --repeat would", () => {
    const runs = planRuns([first!, first!], 7n, 1);
    expect(runs.map(({ seed }) => seed)).to.deep.equal([7n, seedOf(7n, 2)]);
  });

  it("a dry run prints each repetition with its seed and with the command that repeats it", async () => {
    const args = ["run", "no-faults", "--dry-run", "--seed", "7", "--repeat", "2", "--load", "5"];
    const { exitCode, out } = await callMain(args);
    expect(exitCode).to.equal(0);
    expect(out.match(/seed {8}(\d+)/g)).to.have.length(2);
    expect(out).to.contain("npx chaos run no-faults --seed 7 --load 5\n");
    expect(out).to.contain(`npx chaos run no-faults --seed ${String(seedOf(7n, 2))} --load 5\n`);
    expect(out).to.match(/load {8}5.0 s instead of /);
  });
});

describe("another load", () => {
  const override = (load: number, faults = true) =>
    overrideScenario(kill, { load, faults, audit: false });

  it("that is shorter is on record, one that is as long or longer is not", () => {
    const own = kill.loadMs / 1_000;
    expect(override(own - 1).shortenedFromMs).to.equal(kill.loadMs);
    expect(override(own)).not.to.have.property("shortenedFromMs");
    expect(override(own + 1)).to.include({ loadMs: kill.loadMs + 1_000 });
    expect(override(own + 1)).not.to.have.property("shortenedFromMs");
  });

  it("is refused when a fault would lie outside it, unless there are no faults", () => {
    const at = kill.faults[0]!.atMs / 1_000;
    expect(() => override(at)).to.throw(/gateway-kill has a fault until .* inside the load/);
    expect(override(at + 1).faults).to.deep.equal(kill.faults);
    expect(override(at, false).faults).to.deep.equal([]);
  });
});
