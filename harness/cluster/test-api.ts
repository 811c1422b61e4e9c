/** An API server made of a function, for tests of what asks it. */
import { Readable } from "node:stream";
import type { IncomingMessage } from "node:http";
import type { ApiRequest } from "./client.js";
import type { Asker } from "./ask.js";

export interface TestApi extends Asker {
  /** `POST /api/v1/…`, in the order in which it was asked. */
  readonly asked: string[];
}

/** Answers each request with a status and a body; a number alone is a status with a message. */
export function testApi(
  answer: (request: ApiRequest) => number | { readonly status?: number; readonly body: unknown },
): TestApi {
  const asked: string[] = [];
  return {
    asked,
    open: (request) => {
      asked.push(`${request.method ?? "GET"} ${request.path}`);
      const given = answer(request);
      const { status = 200, body } =
        typeof given === "number" ? { status: given, body: { message: "no" } } : given;
      const response = Readable.from([JSON.stringify(body)]) as unknown as IncomingMessage;
      response.statusCode = status;
      return Promise.resolve(response);
    },
  };
}
