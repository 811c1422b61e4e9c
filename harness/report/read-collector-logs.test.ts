import { expect } from "chai";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readCollectorLogs } from "./read-collector-logs.js";
import { sample } from "./sample.js";

const { series } = sample({ verdict: "fail" });
const [first] = series.lost.shown;
const lost = { total: 1, shown: [first!] };
const sentMs = first!.items.find((item) => item.lost)!.sends[0]!.sentMs;
const [gateway] = series.pods;

describe("the collectors' logs in a report", () => {
  let dir: string;
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), "logs-"));
  });
  afterEach(() => rm(dir, { recursive: true }));

  const write = (pod: string, lines: readonly (readonly [number, string])[]): Promise<void> =>
    writeFile(
      join(dir, `${pod}.otel-collector.log`),
      lines
        .map(([ms, text]) => {
          const time = new Date(ms).toISOString();
          return `${time.replace("Z", "123456Z")} ${time}\t${text}\n`;
        })
        .join(""),
    );

  it("are the lines up to five seconds around a lost item's sends, of collectors alone", async () => {
    await write(gateway!.pod, [
      [sentMs - 5_001, "info\ttoo early"],
      [sentMs - 4_999, "info\tjust before"],
      [sentMs + 4_999, `warn\tjust after ${"x".repeat(500)}`],
      [sentMs, "go.opentelemetry.io/collector/exporter.Consume"],
      [sentMs + 5_001, "info\ttoo late"],
    ]);
    await write("tempo-1", [[sentMs, "info\tan observer"]]);
    const { total, shown } = await readCollectorLogs(dir, { lost, pods: series.pods });
    expect(total).to.equal(2);
    expect(shown.map(({ text }) => text.slice(0, 15))).to.deep.equal([
      "info\tjust befor",
      "warn\tjust after",
    ]);
    expect(shown[1]!.text).to.have.length(401);
    expect(shown[0]).to.include({ pod: gateway!.pod, atMs: sentMs - 4_999 });
  });

  it("keep warnings and errors when they are too many, and tell how many there were", async () => {
    const many = Array.from({ length: 2_000 }, () => [sentMs, "info\tnoise"] as const);
    await write(gateway!.pod, [...many, [sentMs, "error\tDropping data"]]);
    const { total, shown } = await readCollectorLogs(dir, { lost, pods: series.pods });
    expect([total, shown.length]).to.deep.equal([2_001, 1_500]);
    expect(shown.filter(({ text }) => text.startsWith("error"))).to.have.length(1);
  });

  it("are none when nothing was lost or no logs were kept", async () => {
    const none = { total: 0, shown: [] };
    expect(await readCollectorLogs(dir, { lost: none, pods: series.pods })).to.deep.equal(none);
    expect(await readCollectorLogs(join(dir, "x"), { lost, pods: series.pods })).to.deep.equal(
      none,
    );
  });
});
