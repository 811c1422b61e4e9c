/** Stops and starts the API server of a cluster of ours, without asking it: by its manifest on the control plane. */
import { listNodes, runInNode } from "kind-node";
import { HarnessError } from "../model/errors.js";
import { kit } from "./kit-errors.js";

/** The kubelet runs what has a manifest here (kubeadm's layout), and ends it when the file is gone. */
const MANIFESTS = "/etc/kubernetes/manifests";
const PARKED = "/etc/kubernetes";
const FILE = "kube-apiserver.yaml";

interface Options {
  readonly signal?: AbortSignal | undefined;
}

/** Name of the node that the API server runs on. */
export async function controlPlaneNode(cluster: string, options: Options): Promise<string> {
  const nodes = await kit(listNodes(cluster, options));
  const node = nodes.find(({ role, running }) => role === "control-plane" && running);
  if (node === undefined) throw new HarnessError(`cluster ${cluster} has no running control plane`);
  return node.name;
}

/** Takes the manifest away; the API server ends some seconds later. */
export async function stopApiServer(cluster: string, options: Options): Promise<void> {
  const node = await controlPlaneNode(cluster, options);
  const command = ["mv", `${MANIFESTS}/${FILE}`, `${PARKED}/${FILE}`] as const;
  await kit(runInNode(cluster, node, command, options));
}

/** Puts the manifest back if it is away; the API server answers some ten seconds later. */
export async function startApiServer(cluster: string, options: Options): Promise<void> {
  const node = await controlPlaneNode(cluster, options);
  const files = await kit(runInNode(cluster, node, ["ls", PARKED], options));
  if (!files.split("\n").includes(FILE)) return;
  const command = ["mv", `${PARKED}/${FILE}`, `${MANIFESTS}/${FILE}`] as const;
  await kit(runInNode(cluster, node, command, options));
}
