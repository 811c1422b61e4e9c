/** The gRPC status detail by which a server says when to try again: google.rpc.RetryInfo. */
import protobuf from "protobufjs/light.js";

/** Trailer that carries a google.rpc.Status (grpc.io, "Richer error model"). */
export const STATUS_DETAILS = "grpc-status-details-bin";

/** Messages of google/rpc/status.proto and error_details.proto, with the field numbers given there. */
const root = protobuf.Root.fromJSON({
  nested: {
    Duration: { fields: { seconds: { type: "int64", id: 1 }, nanos: { type: "int32", id: 2 } } },
    RetryInfo: { fields: { retryDelay: { type: "Duration", id: 1 } } },
    Any: { fields: { typeUrl: { type: "string", id: 1 }, value: { type: "bytes", id: 2 } } },
    Status: {
      fields: {
        code: { type: "int32", id: 1 },
        message: { type: "string", id: 2 },
        details: { type: "Any", id: 3, rule: "repeated" },
      },
    },
  },
});

const encode = (name: string, message: Record<string, unknown>): Buffer => {
  const type = root.lookupType(name);
  return Buffer.from(type.encode(type.fromObject(message)).finish());
};

/** The value of the trailer for a refusal that may be tried again after `retryAfterMs`. */
export function retryInfo(code: number, message: string, retryAfterMs: number): Buffer {
  const retryDelay = {
    seconds: Math.floor(retryAfterMs / 1_000),
    nanos: (retryAfterMs % 1_000) * 1_000_000,
  };
  const value = encode("RetryInfo", { retryDelay });
  const typeUrl = "type.googleapis.com/google.rpc.RetryInfo";
  return encode("Status", { code, message, details: [{ typeUrl, value }] });
}
