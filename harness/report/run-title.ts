/** How a run is called where several of one scenario stand beside each other. */

/** `gateway-kill`, and from the second on `gateway-kill #2`: the first keeps the name that histories know. */
export const runTitle = (scenario: string, repetition = 1): string =>
  repetition === 1 ? scenario : `${scenario} #${String(repetition)}`;
