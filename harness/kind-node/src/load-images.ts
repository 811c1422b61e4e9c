/** Puts images that Docker has onto nodes of a cluster. */
import { execute, pipe, type WorkOptions } from "./command.js";
import { localImage } from "./docker.js";
import { KitError } from "./errors.js";
import { listNodes } from "./nodes.js";

export interface LoadImagesOptions extends WorkOptions {
  /** Names of the nodes; all of the cluster when left out. */
  readonly nodes?: readonly string[] | undefined;
}

/**
 * Loads images onto nodes, unless a node has the same image under that name already. The nodes
 * import only their own platform: `kind load` asks for all of them, which fails for an image that
 * was pulled for one.
 */
export async function loadImages(
  cluster: string,
  images: readonly string[],
  options: LoadImagesOptions = {},
): Promise<void> {
  const { signal, onProgress } = options;
  const present = (await listNodes(cluster, { signal })).map(({ name }) => name);
  const nodes = options.nodes ?? present;
  const unknown = nodes.find((node) => !present.includes(node));
  if (unknown !== undefined) {
    const fix = `its nodes are: ${present.join(", ") || "none"}`;
    throw new KitError(`cluster ${cluster} has no node ${unknown}`, { fix });
  }
  for (const image of images) {
    const local = await localImage(image, signal);
    if (local === undefined) {
      throw new KitError(`Docker has no image ${image}`, {
        command: `docker image inspect ${image}`,
      });
    }
    for (const node of nodes) {
      if ((await imageIdOn(node, image, signal)) === local.id) continue;
      onProgress?.(`loading ${image} onto ${node}`);
      const importer = ["ctr", "--namespace", "k8s.io", "images", "import", "--digests", "-"];
      await pipe(
        ["docker", "save", image],
        ["docker", "exec", "--privileged", "--interactive", node, ...importer],
        signal,
      );
    }
  }
}

/** The ID of an image on a node; undefined when the node does not have it. */
async function imageIdOn(
  node: string,
  image: string,
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  const args = ["exec", node, "crictl", "inspecti", "--output", "json", image];
  const { exitCode, stdout } = await execute("docker", args, { signal });
  if (exitCode !== 0) return undefined;
  return (JSON.parse(stdout) as { status?: { id?: string } }).status?.id;
}
