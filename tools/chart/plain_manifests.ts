// SPDX-License-Identifier: Apache-2.0
import { brokerObjects, crds, memberObjects, memberPolicies } from "@strait/k8s";
import { exampleSettings, memberManifests } from "@strait/manifests";
import { stringify } from "yaml";

/** What stands where a cluster's own values belong. */
const EXAMPLE = exampleSettings({ podCidrs: ["10.1.0.0/16"], repository: "localhost", olderKernels: true });

/** The token of {@link EXAMPLE}, which no broker knows. */
const EXAMPLE_TOKEN = "TOKEN";

/** Objects that `kubectl apply --server-side -f` takes, by file name, for who uses neither `strait join` nor Helm. */
export function plainManifests(version: string): Readonly<Record<string, string>> {
  const example = { ...EXAMPLE, version };
  const { clusterId, podCidrs, serviceCidrs, broker } = example;
  return {
    "crds.yaml": file("The definitions of Submariner's kinds, for the broker and for every member.", crds()),
    "broker.yaml": file(
      `The broker, on one cluster, and the account of member "${clusterId}": its token is in Secret cluster-${clusterId}-token.`,
      [...brokerObjects(), ...memberObjects(clusterId), ...memberPolicies(broker.namespace)],
    ),
    "member.yaml": file(
      `A member: put in place of ${clusterId}, ${[...podCidrs, ...serviceCidrs].join(", ")}, ${broker.apiServer} and the Secret's token what is so.`,
      memberManifests(example, EXAMPLE_TOKEN),
    ),
  };
}

function file(about: string, objects: readonly object[]): string {
  const documents = objects.map((object) => stringify(object, { lineWidth: 0, aliasDuplicateObjects: false }));
  return `# ${about}\n${documents.join("---\n")}`;
}
