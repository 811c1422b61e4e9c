/** The release of a collector, as its image's tag says it, and what changed between releases. */

/** `[0, 96]` of `otel/opentelemetry-collector-contrib:0.96.0`; undefined when the tag is no version. */
export function releaseOf(image: string): readonly [major: number, minor: number] | undefined {
  const [, major, minor] = /:v?(\d+)\.(\d+)(\.\d+)?(-[\w.]+)?(@.*)?$/.exec(image) ?? [];
  return major === undefined || minor === undefined ? undefined : [Number(major), Number(minor)];
}

/** Whether it is known to be older than 0.`minor`. */
export function isBefore(image: string, minor: number): boolean {
  const release = releaseOf(image);
  return release !== undefined && release[0] === 0 && release[1] < minor;
}

/** Whether it is known to be 0.`minor` or newer. */
export const isSince = (image: string, minor: number): boolean =>
  releaseOf(image) !== undefined && !isBefore(image, minor);
