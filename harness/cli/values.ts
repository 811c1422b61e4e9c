/** What a value of an option may be: a schema, and in words what the schema wants. */
import { z } from "zod";
import { parseSeed } from "../model/ids.js";
import type { KeepCluster } from "../run/options.js";

export const IMAGE_MODES = ["auto", "registry", "build"] as const;

export const NOT_KEPT: KeepCluster = { when: "never", forHours: 0 };
const KEPT_HOURS = 24;
const MOST_KEPT_HOURS = 24 * 14;

const fits = (test: (text: string) => boolean) => z.string().refine(test);

/** `host:port`, as Docker names a registry. */
export const registryAddress = fits((text) => /^[A-Za-z0-9.-]+(:\d{1,5})?$/.test(text));
export const REGISTRY_ADDRESS = "host:port, for example 127.0.0.1:5000";

/** A name that kind accepts for a cluster. */
export const clusterName = fits((text) => /^[a-z0-9][a-z0-9.-]{0,49}$/.test(text));
export const CLUSTER_NAME = "lower-case letters, digits, dots and dashes, 50 at most";

/** An empty one, which a script makes of a variable that is not set, would select everything. */
export const regex = fits((text) => {
  try {
    return text !== "" && new RegExp(text) instanceof RegExp;
  } catch {
    return false;
  }
});

/** A whole number from 0 to 2^64 - 1; a file must quote what a float cannot hold. */
export const seed = z.union([z.string(), z.number()]).transform((given, context) => {
  const exact = typeof given === "string" || Number.isSafeInteger(given);
  try {
    if (exact) return parseSeed(String(given));
  } catch {
    // Falls through to the issue, which says what is wanted as for every other option.
  }
  context.addIssue("no seed");
  return z.NEVER;
});

/** `always` (or true), `on-failure`, `never` (or false), or for how long: `90m`, `8h`. */
export const keepCluster = z
  .union([z.string(), z.boolean()])
  .transform((given, context): KeepCluster => {
    const text = given === true ? "always" : given === false ? "never" : given;
    if (text === "always" || text === "on-failure" || text === "never") {
      return { when: text, forHours: KEPT_HOURS };
    }
    const [, digits, unit] = /^(\d{1,5})([mh])$/.exec(text) ?? [];
    const forHours = Number(digits) / (unit === "m" ? 60 : 1);
    if (forHours > 0 && forHours <= MOST_KEPT_HOURS) return { when: "always", forHours };
    context.addIssue("no such way to keep a cluster");
    return z.NEVER;
  });
export const KEEP_CLUSTER = "always, on-failure, never, or for how long: 90m, 8h (336h at most)";

/** `3x4x16Gi`: so many nodes, CPUs and memory of each. */
export const nodes = z.string().transform((given, context) => {
  const [, count, cpus, amount, unit] =
    /^([1-9]\d{0,3})x(\d+(?:\.\d+)?)x(\d+(?:\.\d+)?)(Mi|Gi)$/.exec(given) ?? [];
  const bytes = Number(amount) * (unit === "Gi" ? 2 ** 30 : 2 ** 20);
  if (bytes > 0) return { count: Number(count), cpus: Number(cpus), memoryBytes: bytes };
  context.addIssue("no nodes");
  return z.NEVER;
});

/** `Namespace/observability`. */
export const kindAndName = fits((text) => /^[A-Z][A-Za-z]+\/[a-z0-9.-]+$/.test(text));

/** A release, as image tags have it. */
export const version = fits((text) => /^v?\d+\.\d+\.\d+([-.]\w+)*$/.test(text)).transform((text) =>
  text.replace(/^v/, ""),
);

const NOT_LENT = /^(default|kube-.*)$/;

/** A namespace that a run may have for itself. */
export const namespace = fits(
  (text) => /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(text) && !NOT_LENT.test(text),
);
export const NAMESPACE_OF_ITS_OWN =
  "lower-case letters, digits and dashes, 63 at most; not default, and nothing that begins with kube-";

/** What Docker takes for an image; never a flag. */
export const imageReference = fits((text) => /^[a-z0-9][\w.:/@-]*$/.test(text));
