/** How a report asks a judged history: any database that answers SQL will do. */

/** Runs one statement and gives its rows, numbers as numbers. */
export type Query = <T>(sql: string) => Promise<readonly T[]>;
