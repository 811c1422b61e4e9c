/** The memory limiter acts before the kernel does: its limit is below the container's. */
import { at, mappingOf, numberOr } from "../../oracle/untyped.js";
import { finding, type Check } from "../checked-deployment.js";
import { quantityOf } from "../objects.js";

export const memory: Check = ({ collectors, configPlace }) =>
  collectors.flatMap((collector) => {
    const limit = quantityOf(at(collector.container, "resources", "limits", "memory"));
    if (limit === undefined) return [];
    return Object.entries(mappingOf(collector.config["processors"])).flatMap(([id, settings]) => {
      const limitMib = numberOr(at(settings, "limit_mib"), 0);
      if (id.split("/")[0] !== "memory_limiter" || limitMib * 2 ** 20 < limit) return [];
      return [
        finding(
          "warning",
          "memory-limit",
          configPlace(collector, "processors", id, "limit_mib"),
          `The memory limiter of ${collector.title} acts at ${String(limitMib)} MiB, ` +
            `and its container is killed at ${String(limit / 2 ** 20)} MiB with all ` +
            "that it holds.",
          "Put limit_mib well below the container's memory limit.",
        ),
      ];
    });
  });
