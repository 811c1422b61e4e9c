/** Names that are cut out of long texts and kept for the whole run. */

/**
 * A function that gives for equal names one and the same copy. V8 cuts a text by reference: a name of 30 bytes would
 * keep the scrape of 70 KB that it was read from.
 */
export function keptOnce(): (name: string) => string {
  const copies = new Map<string, string>();
  return (name) => {
    let copy = copies.get(name);
    if (copy === undefined) {
      copy = Buffer.from(name).toString();
      copies.set(copy, copy);
    }
    return copy;
  };
}
