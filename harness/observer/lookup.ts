/** Asks the cluster's DNS as any pod does: how a fault of DNS is seen. */
import { Resolver } from "node:dns/promises";
import { UsageError } from "../model/errors.js";
import type { LookupAnswer } from "../model/observer-api.js";

/** As long as an agent's resolver waits. */
const TIMEOUT_MS = 1_000;

/** The addresses of a fully qualified name now, of both families, asked once; nothing is cached here. */
export async function lookup(order: unknown): Promise<LookupAnswer> {
  const host = (order as { host?: unknown } | undefined)?.host;
  if (typeof host !== "string" || !/^[a-z0-9.-]{1,253}$/.test(host)) {
    throw new UsageError("host: give a fully qualified name");
  }
  const resolver = new Resolver({ timeout: TIMEOUT_MS, tries: 1 });
  const [v4, v6] = await Promise.allSettled([resolver.resolve4(host), resolver.resolve6(host)]);
  if (v4.status === "rejected" && v6.status === "rejected") {
    return { error: (v4.reason as NodeJS.ErrnoException).code ?? "unknown" };
  }
  const found = [v4, v6].flatMap((one) => (one.status === "fulfilled" ? one.value : []));
  return { addresses: found.sort() };
}
