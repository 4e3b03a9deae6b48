// SPDX-License-Identifier: Apache-2.0
import type { Lab } from "@strait/lab";

/** Kinds whose objects come and go by themselves. */
const RESTLESS = /^(events|leases\.|.*reviews|componentstatuses|endpoints$|nodes\.metrics|pods\.metrics)/;

/** Every object of a cluster by name, and what its nodes are labelled with: what an uninstall has to leave as it was. */
export async function apiTraces(lab: Lab, cluster: string): Promise<readonly string[]> {
  const kubectl = (...argv: string[]): Promise<string> => lab.workstation.kubectl(cluster, argv);
  const kinds = (await kubectl("api-resources", "--verbs=list", "--no-headers", "-o", "name"))
    .split("\n")
    .filter((kind) => kind !== "" && !RESTLESS.test(kind));
  const columns = 'jsonpath={range .items[*]}{.kind} {.metadata.namespace}/{.metadata.name}{"\\n"}{end}';
  const objects = await kubectl("get", kinds.join(","), "--all-namespaces", "--ignore-not-found", "-o", columns);
  const nodes = await kubectl("get", "nodes", "-o", 'jsonpath={range .items[*]}{.metadata.name} {.metadata.labels}{"\\n"}{end}');
  return [...objects.split("\n"), ...nodes.split("\n")].filter((line) => line !== "").sort();
}
