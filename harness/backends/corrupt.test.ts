import { expect } from "chai";
import { itemsOf } from "../observer/items.js";
import { encodeRequest } from "../observer/otlp.js";
import { corrupt } from "./corrupt.js";

const named = (id: string) => [{ key: "chaos.id", value: { stringValue: id } }];

const BODIES = {
  traces: encodeRequest("traces", {
    resourceSpans: ["a", "b"].map((service) => ({
      resource: { attributes: [{ key: "service.name", value: { stringValue: service } }] },
      scopeSpans: [
        {
          spans: [1, 2].map((n) => ({
            traceId: Buffer.alloc(16, n),
            spanId: Buffer.alloc(8, service.charCodeAt(0) + n),
            name: "GET /",
            startTimeUnixNano: "1700000000123456789",
          })),
        },
      ],
    })),
  }),
  metrics: encodeRequest("metrics", {
    resourceMetrics: [
      {
        scopeMetrics: [
          {
            metrics: [
              {
                name: "load",
                gauge: { dataPoints: [{ asDouble: 0.5, attributes: named("p1") }] },
              },
              {
                name: "calls",
                sum: {
                  isMonotonic: true,
                  dataPoints: ["p2", "p3"].map((id) => ({ asInt: "7", attributes: named(id) })),
                },
              },
              {
                name: "heat",
                gauge: { dataPoints: [{ asDouble: 0.25, attributes: named("p4") }] },
              },
            ],
          },
        ],
      },
    ],
  }),
  logs: encodeRequest("logs", {
    resourceLogs: [1, 2].map(() => ({
      scopeLogs: [
        {
          logRecords: ["r1", "r2"].map((id) => ({
            severityText: "INFO",
            body: { stringValue: "done" },
            attributes: named(id),
          })),
        },
      ],
    })),
  }),
} as const;

describe("corrupt", () => {
  for (const signal of ["traces", "metrics", "logs"] as const) {
    it(`alters the payload of the struck ${signal} alone`, () => {
      const before = itemsOf(signal, BODIES[signal]);
      expect(before).to.have.length(4);
      for (const struck of [[], [0], [1], [2, 3]]) {
        const after = itemsOf(signal, corrupt(signal, BODIES[signal], new Set(struck)));
        expect(after.map(({ id, key }) => [id, key])).to.deep.equal(
          before.map(({ id, key }) => [id, key]),
        );
        const altered = after.flatMap(({ digest }, place) =>
          digest === before[place]?.digest ? [] : [place],
        );
        expect(altered).to.deep.equal(struck);
      }
    });
  }
});
