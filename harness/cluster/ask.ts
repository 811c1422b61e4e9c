/** One question to the API server whose answer may be no: status and body, for whoever can go on with either. */
import { text } from "node:stream/consumers";
import { HarnessError } from "../model/errors.js";
import type { ApiRequest, ClusterClient } from "./client.js";

export type Asker = Pick<ClusterClient, "open">;

export interface Answer {
  readonly status: number;
  /** Parsed JSON; undefined when it is none. */
  readonly body: unknown;
  /** What the API says in words. */
  readonly message: string;
}

/** Resolves whatever the status. HarnessError when there is no answer at all. */
export async function ask(client: Asker, request: ApiRequest): Promise<Answer> {
  const response = await client.open(request);
  const raw = await text(response);
  const status = response.statusCode ?? 0;
  const body = jsonOf(raw);
  const said = (body as { message?: unknown } | null | undefined)?.message;
  const message = typeof said === "string" ? said : raw.trim().slice(0, 300);
  return { status, body, message: message === "" ? `HTTP ${String(status)}` : message };
}

/** The same where only yes will do, or one of the statuses named. HarnessError says what was asked. */
export async function demand(
  client: Asker,
  request: ApiRequest,
  also: readonly number[] = [],
): Promise<Answer> {
  const answer = await ask(client, request);
  if ((answer.status >= 200 && answer.status < 300) || also.includes(answer.status)) return answer;
  throw new HarnessError(
    `${request.method ?? "GET"} ${request.path} answered ${String(answer.status)}`,
    { lastSeen: answer.message },
  );
}

function jsonOf(raw: string): unknown {
  try {
    return JSON.parse(raw);
  } catch {
    return undefined;
  }
}
