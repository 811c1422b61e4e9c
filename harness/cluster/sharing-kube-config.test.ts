import { generateKeyPairSync } from "node:crypto";
import { Agent, type RequestOptions } from "node:https";
import { HttpMethod, RequestContext } from "@kubernetes/client-node";
import { expect } from "chai";
import { SharingKubeConfig } from "./sharing-kube-config.js";

const newKey = (): string =>
  generateKeyPairSync("ec", { namedCurve: "P-256" })
    .privateKey.export({ format: "pem", type: "pkcs8" })
    .toString();

function kubeConfig(cluster: object = {}): SharingKubeConfig {
  const config = new SharingKubeConfig();
  config.loadFromOptions({
    clusters: [{ name: "a", server: "https://a.test:6443", ...cluster }],
    users: [{ name: "a", keyData: Buffer.from(newKey()).toString("base64"), token: "t" }],
    contexts: [{ name: "a", cluster: "a", user: "a" }],
    currentContext: "a",
  });
  return config;
}

async function optionsOf(config: SharingKubeConfig, timeoutMs = 1_000): Promise<RequestOptions> {
  const options: RequestOptions = { timeout: timeoutMs };
  await config.applyToHTTPSOptions(options);
  return options;
}

async function agentOf(config: SharingKubeConfig, timeoutMs?: number): Promise<Agent> {
  const { agent } = await optionsOf(config, timeoutMs);
  if (agent instanceof Agent) return agent;
  throw new TypeError("no HTTPS agent");
}

describe("a kubeconfig that shares its TLS context", () => {
  it("gives plain requests and typed ones the same agent, each with the user's token", async () => {
    const config = kubeConfig();
    const first = await optionsOf(config);
    const second = await optionsOf(config);
    const typed = new RequestContext("https://a.test:6443/version", HttpMethod.GET);
    await config.applySecurityAuthentication(typed);
    expect(second.agent).to.equal(first.agent);
    expect(typed.getAgent()).to.equal(first.agent);
    expect(second.headers).to.deep.include({ Authorization: "Bearer t" });
    expect(typed.getHeaders()).to.deep.include({ Authorization: "Bearer t" });
  });

  it("leaves each request its own timeout", async () => {
    const config = kubeConfig();
    await optionsOf(config, 5_000);
    expect((await optionsOf(config, 30_000)).timeout).to.equal(30_000);
    expect((await agentOf(config)).options.timeout).to.equal(undefined);
  });

  it("makes another context once the user's key is another", async () => {
    const config = kubeConfig();
    const agent = await agentOf(config);
    const user = config.getCurrentUser();
    config.users = [{ ...user, name: "a", keyData: Buffer.from(newKey()).toString("base64") }];
    expect(await agentOf(config)).not.to.equal(agent);
  });

  it("verifies servers unless the file says otherwise", async () => {
    const verifyOf = async (cluster: object): Promise<unknown> =>
      (await agentOf(kubeConfig(cluster))).options.rejectUnauthorized;
    expect(await verifyOf({})).to.equal(undefined);
    expect(await verifyOf({ skipTLSVerify: true })).to.equal(false);
  });
});
