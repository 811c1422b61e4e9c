/** Image names through a registry mirror, and filling one for hosts without a way out. */
import { run, type WorkOptions } from "./command.js";
import { KitError } from "./errors.js";
import { IMAGES } from "./versions.js";

/**
 * The name of an image in a mirror: `registry.k8s.io/a/b:1` -> `MIRROR/a/b:1`, `node:20` ->
 * `MIRROR/library/node:20`. A first part is a registry's host when it has a dot or a port or is
 * `localhost`, as Docker decides it.
 */
export function mirroredName(name: string, mirror: string): string {
  if (!/^[\w.-]+(:\d+)?(\/[\w.-]+)*$/.test(mirror)) {
    throw new KitError(`${mirror} is not a registry: give host:port, for example 127.0.0.1:5000`);
  }
  const [first = "", ...rest] = name.split("/");
  if (rest.length === 0) return `${mirror}/library/${name}`;
  const firstIsHost = /[.:]/.test(first) || first === "localhost";
  return firstIsHost ? `${mirror}/${rest.join("/")}` : `${mirror}/${name}`;
}

/**
 * Copies the images of a run, as Docker has them, into a registry; others then use it as their
 * mirror.
 */
export async function pushToMirror(
  mirror: string,
  options: WorkOptions & { readonly images?: readonly string[] } = {},
): Promise<void> {
  const { signal, onProgress, images = Object.values(IMAGES) } = options;
  for (const name of images) {
    const mirrored = mirroredName(name, mirror);
    onProgress?.(`pushing ${mirrored}`);
    await run("docker", ["tag", name, mirrored], { signal });
    try {
      await run("docker", ["push", mirrored], { signal });
    } finally {
      await run("docker", ["image", "rm", mirrored]);
    }
  }
}
