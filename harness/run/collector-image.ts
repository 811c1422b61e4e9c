/** Another image for every collector of a rendered deployment. */
import { parseAllDocuments, type Document } from "yaml";
import { collectorWorkloads, configFiles } from "../oracle/manifests.js";
import { isMapping, listOf, mappingOf, textOf } from "../oracle/untyped.js";

const CONTAINERS = ["spec", "template", "spec", "containers"];

/** The YAML with that image in each container that runs a collector; all else stays as it was. */
export const withCollectorImage = (renderedYaml: string, image: string): string =>
  parseAllDocuments(renderedYaml)
    .map((document) => {
      for (const index of collectorContainers(document)) {
        document.setIn([...CONTAINERS, index, "image"], image);
      }
      return document.toString({ lineWidth: 0 });
    })
    .join("---\n");

/** Which containers of an object have a --config, which only collectors have here. */
function collectorContainers(document: Document.Parsed): number[] {
  const value: unknown = document.toJS();
  const containers = CONTAINERS.reduce<unknown>(
    (current, key) => mappingOf(current)[key],
    isMapping(value) ? value : {},
  );
  return listOf(containers).flatMap((one, index) =>
    configFiles(mappingOf(one)).length > 0 ? [index] : [],
  );
}

/** The images that the collectors of a deployment run, each once, in order. */
export const collectorImages = (
  manifests: Parameters<typeof collectorWorkloads>[0],
): readonly string[] => [
  ...new Set(collectorWorkloads(manifests).map(({ container }) => textOf(container["image"]))),
];
