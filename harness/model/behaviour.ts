/** How a backend stand-in may misbehave on request; `normal` is the default. */
export type BackendBehaviour =
  | { readonly kind: "normal" }
  /** Answers OK and forgets the next `count` items: a planted fault that the judge must find. */
  | { readonly kind: "drop-items"; readonly count: number };
