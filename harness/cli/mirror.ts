/** `chaos mirror`: copies the images of a run into a registry, for hosts and clusters that reach no other one. */
import { Command } from "commander";
import { UsageError } from "../model/errors.js";
import { silent } from "../model/progress.js";
import { EXIT, type ExitCode } from "../model/verdict.js";
import { REGISTRY_ADDRESS, registryAddress } from "./values.js";

export const mirrorCommand = (finish: (code: ExitCode) => void): Command =>
  new Command("mirror")
    .description("copy the images that runs need from this host's Docker into a registry")
    .argument("<host:port>", "the registry")
    .addHelpText(
      "after",
      "\nExample:\n  chaos mirror 127.0.0.1:5000\n" +
        "  chaos run --images registry --registry-mirror 127.0.0.1:5000\n\n" +
        "The last one is the observers' own, which a borrowed cluster pulls: chaos run --observer-image.",
    )
    .action(async (registry: string) => {
      if (!registryAddress.safeParse(registry).success) {
        throw new UsageError(`chaos mirror ${registry}: give ${REGISTRY_ADDRESS}`);
      }
      const { IMAGES, pushToMirror } = await import("kind-node");
      const { ensureObserverImage } = await import("../cluster/observer-image.js");
      const onProgress = (line: string): void => void process.stdout.write(`${line}\n`);
      const observer = await ensureObserverImage({ progress: { ...silent, status: onProgress } });
      await pushToMirror(registry, { images: [...Object.values(IMAGES), observer], onProgress });
      finish(EXIT.pass);
    });
