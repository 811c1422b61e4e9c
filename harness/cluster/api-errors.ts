/** What the Kubernetes API said when it refused, without the client library's wrapping. */
import { ApiException } from "@kubernetes/client-node";
import { messageOf } from "../model/errors.js";

/** HTTP status of a refused call; undefined when it was not the API that refused. */
export const statusOf = (thrown: unknown): number | undefined =>
  thrown instanceof ApiException ? thrown.code : undefined;

/** The API's own message when it sent one, else the error's. */
export function apiMessage(thrown: unknown): string {
  if (!(thrown instanceof ApiException)) return messageOf(thrown);
  let body: unknown = thrown.body;
  if (typeof body === "string") {
    try {
      body = JSON.parse(body);
    } catch {
      return `HTTP ${String(thrown.code)}: ${String(body)}`;
    }
  }
  const message = (body as { message?: unknown } | null | undefined)?.message;
  return typeof message === "string" ? message : `HTTP ${String(thrown.code)}`;
}
