/**
 * Several nodes or gateways of one item are kept as one text, sorted and joined by commas, and none as null: nearly
 * every item has one of each, and columns of lists would cost more than all others together.
 */

/** SQL: the list that such a text stands for. */
export const listOf = (text: string): string => `coalesce(string_split(${text}, ','), [])`;
