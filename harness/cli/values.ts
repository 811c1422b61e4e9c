/** Parsers of option values: each error names the flag's value and what it may be. */
import { InvalidArgumentError } from "commander";

export const IMAGE_MODES = ["auto", "registry", "build"] as const;

export function imageMode(text: string): (typeof IMAGE_MODES)[number] {
  const found = IMAGE_MODES.find((mode) => mode === text);
  if (found === undefined)
    throw new InvalidArgumentError(`It is one of ${IMAGE_MODES.join(", ")}.`);
  return found;
}

/** `host:port`, as Docker names a registry. */
export function registryAddress(text: string): string {
  if (!/^[A-Za-z0-9.-]+(:\d{1,5})?$/.test(text)) {
    throw new InvalidArgumentError("Give host:port, for example 127.0.0.1:5000.");
  }
  return text;
}

/** A name that kind accepts for a cluster. */
export function clusterName(text: string): string {
  if (!/^[a-z0-9][a-z0-9.-]{0,49}$/.test(text)) {
    throw new InvalidArgumentError("Lower-case letters, digits, dots and dashes, 50 at most.");
  }
  return text;
}
