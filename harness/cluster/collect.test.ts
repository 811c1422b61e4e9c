import type { IncomingMessage } from "node:http";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { expect } from "chai";
import type { ApiRequest, ClusterClient } from "./client.js";
import { collectEvidence } from "./collect.js";

const POD = {
  metadata: { name: "otel-agent-x" },
  status: { containerStatuses: [{ name: "agent", restartCount: 1, containerID: "c" }] },
};

/** A cluster of one pod, whose logs are what `logOf` gives for a path: a status, or chunks of text. */
function clusterOf(logOf: (path: string) => number | readonly (string | Buffer)[]): ClusterClient {
  const core = {
    listNamespacedPod: () => Promise.resolve({ items: [POD] }),
    listNamespacedEvent: () => Promise.resolve({ items: [] }),
  };
  const open = ({ path }: ApiRequest): Promise<IncomingMessage> => {
    const log = logOf(path);
    const refused = typeof log === "number";
    const chunks = refused
      ? [Buffer.from('{"message":"gone"}')]
      : log.map((one) => Buffer.from(one));
    const response = Readable.from(chunks) as unknown as IncomingMessage;
    response.statusCode = refused ? log : 200;
    return Promise.resolve(response);
  };
  return { core, open } as unknown as ClusterClient;
}

describe("the logs of a run's pods", () => {
  let dir: string;
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), "chaos-collect-"));
  });
  afterEach(() => rm(dir, { recursive: true }));

  const logsOf = async (client: ClusterClient): Promise<readonly string[]> =>
    collectEvidence(client, { namespaces: ["telemetry"], dir });
  const read = (name: string): Promise<string> =>
    readFile(join(dir, "telemetry/logs", name), "utf8");

  it("are saved as they are, of this life of a container and of the one before, with their times", async () => {
    const asked: string[] = [];
    const missed = await logsOf(
      clusterOf((path) => {
        asked.push(path);
        return path.includes("previous=true") ? ["before\n"] : ["no\nend"];
      }),
    );
    expect(missed).to.deep.equal([]);
    expect(await read("otel-agent-x.agent.log")).to.equal("no\nend");
    expect(await read("otel-agent-x.agent.previous.log")).to.equal("before\n");
    expect(asked[0]).to.equal(
      "/api/v1/namespaces/telemetry/pods/otel-agent-x/log?container=agent&previous=false&timestamps=true",
    );
  });

  it("show no token and no broken letter, wherever the network divides them", async () => {
    const line = Buffer.from("é Authorization: Bearer abc.def tür\n");
    for (let at = 1; at < line.length; at++) {
      await logsOf(clusterOf(() => ["1\n", line.subarray(0, at), line.subarray(at), "2\n"]));
      expect(await read("otel-agent-x.agent.log")).to.equal(
        "1\né Authorization: Bearer [redacted] tür\n2\n",
      );
    }
  });

  it("that cannot be had are named with the reason, and leave no file", async () => {
    const missed = await logsOf(
      clusterOf((path) => (path.includes("previous=true") ? 404 : ["a\n"])),
    );
    expect(missed).to.deep.equal([
      'otel-agent-x.agent.previous.log: answered 404: {"message":"gone"}',
    ]);
    expect(await readdir(join(dir, "telemetry/logs"))).to.deep.equal(["otel-agent-x.agent.log"]);
  });
});
