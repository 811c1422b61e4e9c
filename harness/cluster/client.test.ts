import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, request as httpRequest, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { expect } from "chai";
import { stringify } from "yaml";
import { UsageError } from "../model/errors.js";
import { connectCluster, headersOf, urlOf } from "./client.js";

const kubeconfig = (...names: string[]): string =>
  stringify({
    apiVersion: "v1",
    kind: "Config",
    "current-context": names[0],
    clusters: names.map((name) => ({ name, cluster: { server: `https://${name}.test:6443` } })),
    users: names.map((name) => ({ name, user: {} })),
    contexts: names.map((name) => ({ name, context: { cluster: name, user: name } })),
  });

describe("the connection to a cluster", () => {
  let dir: string;
  let path: string;
  before(async () => {
    dir = await mkdtemp(join(tmpdir(), "chaos-kubeconfig-"));
    path = join(dir, "config");
    await writeFile(path, kubeconfig("prod", "staging"));
  });
  after(() => rm(dir, { recursive: true }));

  it("is to the context that is named, whatever the file's current one is", () => {
    const { config } = connectCluster({ kubeconfigPath: path, context: "staging" });
    expect(config.getCurrentCluster()?.server).to.equal("https://staging.test:6443");
  });

  it("to a context that the file does not hold names those that it holds", () => {
    expect(() => connectCluster({ kubeconfigPath: path, context: "stagging" })).to.throw(
      UsageError,
      `${path}: no context "stagging"; it holds prod, staging`,
    );
  });

  it("with a file that is none names it", () => {
    const missing = join(dir, "missing");
    expect(() => connectCluster({ kubeconfigPath: missing, context: "x" })).to.throw(
      UsageError,
      `${missing}: not a readable kubeconfig`,
    );
  });

  it("keeps the path of a server that stands behind a proxy", () => {
    for (const server of [
      "https://proxy.test/k8s/clusters/c-1",
      "https://proxy.test/k8s/clusters/c-1/",
    ]) {
      expect(urlOf(server, "/version").href).to.equal(
        "https://proxy.test/k8s/clusters/c-1/version",
      );
    }
    expect(urlOf("https://127.0.0.1:6443", "/api/v1/pods?limit=1").href).to.equal(
      "https://127.0.0.1:6443/api/v1/pods?limit=1",
    );
  });

  it("says how long each body is, that of a deletion too", async () => {
    const got: string[] = [];
    const server = createServer((request, response) => {
      void text(request).then((body) => {
        got.push(`${request.method ?? ""} ${body}`);
        response.end();
      });
    });
    await once(server.listen(0, "127.0.0.1"), "listening");
    const { port } = server.address() as AddressInfo;
    const body = JSON.stringify({ gracePeriodSeconds: 0, note: "ö" });
    for (const method of ["DELETE", "PATCH", "POST"] as const) {
      const request = httpRequest({ port, method, headers: headersOf({ method }, body) });
      const answered = once(request, "response");
      request.end(body);
      const [response] = (await answered) as [IncomingMessage];
      await text(response);
    }
    server.close();
    expect(got).to.deep.equal([`DELETE ${body}`, `PATCH ${body}`, `POST ${body}`]);
  });
});
