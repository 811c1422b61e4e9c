/** The image has what the pattern is made of: the core distribution has neither of these components. */
import { mappingOf } from "../../oracle/untyped.js";
import { finding, type Check } from "../checked-deployment.js";

const CORE = /(^|\/)opentelemetry-collector(:|@|$)/;
const OF_CONTRIB: Readonly<Record<string, string>> = {
  tail_sampling: "processor",
  loadbalancing: "exporter",
  load_balancing: "exporter",
};

export const collectorImage: Check = ({ collectors, containerPlace }) =>
  collectors.flatMap((collector) => {
    if (!CORE.test(collector.image)) return [];
    const ids = ["processors", "exporters"].flatMap((section) =>
      Object.keys(mappingOf(collector.config[section])),
    );
    return Object.entries(OF_CONTRIB).flatMap(([type, role]) =>
      ids.some((id) => id.split("/")[0] === type)
        ? [lacks(collector.title, collector.image, role, type, containerPlace(collector, "image"))]
        : [],
    );
  });

/** The same whether the image itself says it or its name. */
export const lacks = (
  title: string,
  image: string,
  role: string,
  type: string,
  place: { readonly file: string; readonly line: number },
) =>
  finding(
    "fatal",
    "collector-image",
    place,
    `The collector of ${title} does not start: ${image} has no ${role} ${type}.`,
    "Use an image of the contrib distribution.",
  );
