/** What a backend's behaviour does to one request after another. */
import type { BackendBehaviour } from "../model/behaviour.js";

/** Of a request's items those with a place in `struck`, counted from 0, are withheld, repeated or corrupted. */
export type Treatment =
  | { readonly did: "nothing" }
  | {
      readonly did: "withheld" | "repeated" | "corrupted";
      readonly struck: ReadonlySet<number>;
    }
  | { readonly did: "delayed"; readonly delayMs: number }
  | { readonly did: "refused" };

/** Decides about the next request, which holds so many items. */
export type Treat = (items: number, nowMs: number) => Treatment;

const NOTHING: Treatment = { did: "nothing" };

/** Counts from here on: a behaviour that is asked for again begins anew. */
export function treatmentOf(behaviour: BackendBehaviour, startMs: number): Treat {
  switch (behaviour.kind) {
    case "normal":
      return () => NOTHING;
    case "drop-items":
      return strike("withheld", (nth) => nth <= behaviour.count);
    case "drop-one-in":
      return strike("withheld", (nth) => nth % behaviour.n === 0);
    case "duplicate-one-in":
      return strike("repeated", (nth) => nth % behaviour.n === 0);
    case "corrupt-one-in":
      return strike("corrupted", (nth) => nth % behaviour.n === 0);
    case "delay-one-in": {
      let requests = 0;
      const { n, delayMs } = behaviour;
      return () => (++requests % n === 0 ? { did: "delayed", delayMs } : NOTHING);
    }
    case "refuse-requests": {
      let requests = 0;
      return () => (++requests <= behaviour.count ? { did: "refused" } : NOTHING);
    }
    case "unavailable":
      return (_items, nowMs) => (nowMs < startMs + behaviour.forMs ? { did: "refused" } : NOTHING);
  }
}

/** `strikes` decides by an item's number among all items, counted from 1. */
function strike(
  did: "withheld" | "repeated" | "corrupted",
  strikes: (nth: number) => boolean,
): Treat {
  let seen = 0;
  return (items) => {
    const struck = new Set<number>();
    for (let place = 0; place < items; place++) if (strikes(++seen)) struck.add(place);
    return struck.size === 0 ? NOTHING : { did, struck };
  };
}
