/** Proves from inside pods that an address which nobody has refuses a connection, at once. */
import { isIPv6 } from "node:net";
import { familyOf, type ClusterNetworks } from "kind-node";
import { HarnessError } from "../model/errors.js";
import { LABELS } from "../model/ids.js";
import type { Progress } from "../model/progress.js";
import { applyManifests } from "./apply.js";
import { statusOf } from "./api-errors.js";
import type { ClusterClient } from "./client.js";
import type { Manifest } from "./manifests.js";
import { podTrouble } from "./pod-trouble.js";
import { waitFor } from "./wait.js";

export interface EgressCheck {
  /** Where the pod ran that tried it. */
  readonly node: string;
  readonly what: "unused pod address" | "unused Service address" | "address outside the cluster";
  readonly address: string;
  /** `refused (ECONNREFUSED)`, `connected`, `no answer`. */
  readonly outcome: string;
  readonly tookMs: number;
}

export interface EgressCheckOptions {
  /** The observers' image, which these nodes hold. */
  readonly image: string;
  readonly nodes: readonly string[];
  readonly networks: ClusterNetworks;
  readonly signal?: AbortSignal | undefined;
  readonly progress: Progress;
}

const NAMESPACE = "default";

interface Pod {
  readonly name: string;
  readonly namespace: string;
}

const LIMIT_MS = 1_000;
const POD_TIMEOUT_MS = 60_000;

/**
 * Connects to each address in turn and prints what happened as JSON. First to the API server: a pod's addresses of IPv6
 * are of no use for the first second or two (duplicate address detection), which says nothing of the guard.
 */
const PROGRAM = `
const { connect } = require("node:net");
const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port } = process.env;
const results = [];
const next = (rest) => {
  if (rest.length === 0) return console.log(JSON.stringify(results));
  const started = performance.now();
  const socket = connect({ host: rest[0], port: 4317, timeout: 5000 });
  const end = (outcome) => {
    socket.destroy();
    results.push({ address: rest[0], outcome, tookMs: Math.round(performance.now() - started) });
    next(rest.slice(1));
  };
  socket.once("connect", () => end("connected"));
  socket.once("timeout", () => end("no answer"));
  socket.once("error", (error) => end("refused (" + error.code + ")"));
};
const warm = connect({ host, port, timeout: 5000 });
for (const event of ["connect", "timeout", "error"]) warm.once(event, () => warm.destroy());
warm.once("close", () => next(process.argv.slice(1)));
`;

/**
 * Runs a short-lived pod on each node that connects to an unused pod address, an unused Service address and one
 * outside. HarnessError unless all three are refused within a second.
 */
export async function checkEgress(
  client: ClusterClient,
  options: EgressCheckOptions,
): Promise<EgressCheck[]> {
  options.progress.status("checking that unused addresses refuse");
  return (await Promise.all(options.nodes.map((node) => checkFrom(client, node, options)))).flat();
}

async function checkFrom(
  client: ClusterClient,
  node: string,
  options: EgressCheckOptions,
): Promise<EgressCheck[]> {
  const targets = [
    { what: "unused pod address" as const, address: lastAddress(options.networks.pods) },
    { what: "unused Service address" as const, address: lastAddress(options.networks.services) },
    { what: "address outside the cluster" as const, address: outside(options.networks) },
  ];
  const pod: Pod = { name: `chaos-egress-check-${node}`, namespace: NAMESPACE };
  await removePod(client, pod, options.signal);
  const addresses = targets.map(({ address }) => address);
  const manifest = podFor(pod, node, options.image, addresses);
  await applyManifests(client, [manifest], { signal: options.signal });
  try {
    const log = await finishedLog(client, pod, options.signal);
    const results = JSON.parse(log) as Omit<EgressCheck, "what" | "node">[];
    const checks = targets.map(({ what, address }) => {
      const result = results.find((candidate) => candidate.address === address);
      return { node, what, address, outcome: "not tried", tookMs: 0, ...result };
    });
    const bad = checks.find((check) => !isRefused(check));
    if (bad === undefined) return checks;
    throw new HarnessError(
      `egress guard on ${node}: ${bad.what} ${bad.address} is not refused within ${String(LIMIT_MS)} ms`,
      { lastSeen: `${bad.outcome} after ${String(bad.tookMs)} ms` },
    );
  } finally {
    await removePod(client, pod, undefined);
  }
}

const isRefused = ({ outcome, tookMs }: EgressCheck): boolean =>
  outcome.startsWith("refused") && tookMs <= LIMIT_MS;

/** Reserved for documentation, of the family of the pods: nobody has it anywhere. */
const outside = ({ pods }: ClusterNetworks): string =>
  familyOf(pods) === "ipv6" ? "2001:db8::1" : "192.0.2.1";

/** The last address but one of a network in CIDR notation: the one that allocators reach last. */
export function lastAddress(cidr: string): string {
  const [network = "", length = ""] = cidr.split("/");
  if (isIPv6(network)) return lastIPv6(network, Number(length));
  const match = /^(\d+)\.(\d+)\.(\d+)\.(\d+)\/(\d+)$/.exec(cidr);
  if (match === null) throw new HarnessError(`${cidr}: not a network`);
  const [a = 0, b = 0, c = 0, d = 0, bits = 0] = match.slice(1).map(Number);
  const size = 2 ** (32 - bits);
  const base = ((a * 256 + b) * 256 + c) * 256 + d;
  const last = Math.floor(base / size) * size + size - 2;
  return [24, 16, 8, 0].map((shift) => Math.floor(last / 2 ** shift) % 256).join(".");
}

function lastIPv6(network: string, bits: number): string {
  const [left = [], right = []] = network
    .split("::")
    .map((part) => part.split(":").filter(Boolean));
  const groups = [...left, ...Array<string>(8 - left.length - right.length).fill("0"), ...right];
  const base = BigInt(`0x${groups.map((group) => group.padStart(4, "0")).join("")}`);
  const last = (base | ((1n << BigInt(128 - bits)) - 1n)) - 1n;
  return (last.toString(16).padStart(32, "0").match(/.{4}/g) ?? []).join(":");
}

const podFor = (pod: Pod, node: string, image: string, addresses: readonly string[]): Manifest => ({
  apiVersion: "v1",
  kind: "Pod",
  metadata: { ...pod, labels: { [LABELS.run]: "egress-check" } },
  spec: {
    // Past the scheduler, and with it past the control plane's taint.
    nodeName: node,
    restartPolicy: "Never",
    terminationGracePeriodSeconds: 0,
    containers: [
      {
        name: "check",
        image,
        imagePullPolicy: "Never",
        command: ["node", "-e", PROGRAM, ...addresses],
      },
    ],
  },
});

async function finishedLog(
  client: ClusterClient,
  pod: Pod,
  signal: AbortSignal | undefined,
): Promise<string> {
  await waitFor({
    what: `pod ${pod.name} to finish`,
    timeoutMs: POD_TIMEOUT_MS,
    intervalMs: 250,
    signal,
    probe: async () => {
      const seen = await client.core.readNamespacedPod(pod);
      if (seen.status?.phase === "Succeeded") return { done: true, value: undefined };
      const trouble = podTrouble(seen);
      if (trouble?.hopeless === true) throw new HarnessError(trouble.line);
      return { done: false, seen: trouble?.line ?? "running" };
    },
  });
  return client.core.readNamespacedPodLog(pod);
}

async function removePod(
  client: ClusterClient,
  pod: Pod,
  signal: AbortSignal | undefined,
): Promise<void> {
  const gone = (thrown: unknown): boolean => {
    if (statusOf(thrown) === 404) return true;
    throw thrown;
  };
  await waitFor({
    what: `pod ${pod.name} to be gone`,
    timeoutMs: 30_000,
    intervalMs: 250,
    signal,
    probe: async () => {
      try {
        await client.core.deleteNamespacedPod({ ...pod, gracePeriodSeconds: 0 });
        return { done: false, seen: "being deleted" };
      } catch (thrown) {
        return gone(thrown) ? { done: true, value: undefined } : { done: false, seen: "" };
      }
    },
  });
}
