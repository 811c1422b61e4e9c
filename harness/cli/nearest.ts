/** Which known word a mistyped one was most likely meant to be. */

/**
 * The known word with the fewest edits from `word` (Levenshtein's distance: letters put in, left out or
 * changed), or undefined when even that one shares too little with it to be a good guess.
 */
export function nearest(word: string, known: readonly string[]): string | undefined {
  let best: { text: string; edits: number } | undefined;
  for (const text of known) {
    const edits = editsBetween(word.toLowerCase(), text.toLowerCase());
    if (best === undefined || edits < best.edits) best = { text, edits };
  }
  if (best === undefined) return undefined;
  const atMost = Math.max(1, Math.floor(Math.max(word.length, best.text.length) * 0.4));
  return best.edits <= atMost ? best.text : undefined;
}

/** `; did you mean gateway-kill?`, or nothing. */
export function didYouMean(word: string, known: readonly string[]): string {
  const guess = nearest(word, known);
  return guess === undefined ? "" : `; did you mean ${guess}?`;
}

function editsBetween(a: string, b: string): number {
  let above = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row += 1) {
    const here = [row];
    for (let column = 1; column <= b.length; column += 1) {
      const same = a[row - 1] === b[column - 1] ? 0 : 1;
      const change = (above[column - 1] ?? 0) + same;
      here.push(Math.min(change, (above[column] ?? 0) + 1, (here[column - 1] ?? 0) + 1));
    }
    above = here;
  }
  return above[b.length] ?? 0;
}
