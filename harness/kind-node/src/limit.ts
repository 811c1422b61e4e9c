/** Lets at most so many pieces of work run at a time; the others wait in order. */

export type Limit = <T>(work: () => Promise<T>) => Promise<T>;

export function limitTo(most: number): Limit {
  let running = 0;
  const waiting: (() => void)[] = [];
  return async (work) => {
    if (running >= most) await new Promise<void>((resolve) => waiting.push(resolve));
    else running += 1;
    try {
      return await work();
    } finally {
      // A waiting piece of work takes over the place, so the count stays.
      const next = waiting.shift();
      if (next) next();
      else running -= 1;
    }
  };
}
