/** The images that the pods of a namespace run, by the digests that their nodes have them under. */
import type { V1Pod } from "@kubernetes/client-node";
import type { ClusterClient } from "./client.js";

export interface PodImage {
  readonly name: string;
  /** `sha256:…`; empty where the node does not tell. */
  readonly digest: string;
}

/** Each image once, sorted. */
export async function podImages(client: ClusterClient, namespace: string): Promise<PodImage[]> {
  const { items } = await client.core.listNamespacedPod({ namespace });
  return imagesOf(items);
}

/** The same of pods; a container that has not started names no digest. */
export function imagesOf(pods: readonly V1Pod[]): PodImage[] {
  const found = new Map<string, PodImage>();
  for (const { spec, status } of pods) {
    for (const { name, image = "" } of spec?.containers ?? []) {
      const state = status?.containerStatuses?.find((one) => one.name === name);
      const digest = /sha256:[0-9a-f]{64}/.exec(state?.imageID ?? "")?.[0] ?? "";
      if (digest !== "") found.set(`${image} ${digest}`, { name: image, digest });
    }
  }
  return [...found.keys()].sort().flatMap((key) => found.get(key) ?? []);
}
