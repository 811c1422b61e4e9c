/** Addresses as text. */

/** `10.244.1.5:4317`, `[fd00:10:244:1::5]:4317`. */
export const withPort = (ip: string, port: number | string): string =>
  `${bracketed(ip)}:${String(port)}`;

/** An address as it stands in an endpoint or a URL: IPv6 in brackets. */
export const bracketed = (ip: string): string => (ip.includes(":") ? `[${ip}]` : ip);
