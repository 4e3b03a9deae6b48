// SPDX-License-Identifier: Apache-2.0
import { type ApiClient, type Node, NodeKind } from "@strait/k8s";
import { NAMES } from "@strait/manifests";
import { Failure, usage } from "../failure.ts";
import type { Io } from "../io.ts";
import type { Steps } from "../steps.ts";
import type { JoinOptions } from "./join_options.ts";

/** Which nodes get the gateway label: those that were named; else, where no node has it, one worker. */
export function nodesToLabel(nodes: readonly Node[], named: readonly string[], choose: boolean): readonly string[] {
  for (const name of named) {
    if (!nodes.some((node) => node.metadata.name === name)) throw usage(`--gateway-node ${name}: the cluster has no such node`);
  }
  const labelled = nodes
    .filter((node) => node.metadata.labels?.[NAMES.gatewayLabel] === "true")
    .map((node) => node.metadata.name);
  if (named.length > 0) return named.filter((name) => !labelled.includes(name));
  if (labelled.length > 0 || !choose) return [];
  const fit = nodes.filter((node) => !isControlPlane(node) && isReady(node));
  const [first] = (fit.length > 0 ? fit : nodes.filter(isReady)).map((node) => node.metadata.name).sort();
  if (first === undefined) throw new Failure("no node is ready, so none can be a gateway: look at kubectl get nodes");
  return [first];
}

function isControlPlane({ metadata }: Node): boolean {
  return metadata.labels?.["node-role.kubernetes.io/control-plane"] !== undefined;
}

function isReady({ status }: Node): boolean {
  return status?.conditions?.some((condition) => condition.type === "Ready" && condition.status === "True") === true;
}

export interface LabelParts {
  readonly io: Io;
  readonly client: ApiClient;
  readonly options: Pick<JoinOptions, "gatewayNode" | "labelGateway">;
  readonly steps: Steps;
}

/** Labels the gateway nodes. */
export async function labelGateways({ io, client, options, steps }: LabelParts): Promise<void> {
  const resource = client.resource(NodeKind);
  const { items } = await resource.list({ signal: io.signal });
  const wanted = nodesToLabel(items, options.gatewayNode, options.labelGateway);
  for (const name of wanted) {
    await steps.run(
      `Labelling ${name} as gateway`,
      () => resource.patch(name, { metadata: { labels: { [NAMES.gatewayLabel]: "true" } } }, { type: "merge" }),
      () => `Labelled node ${name} as gateway`,
    );
  }
  const labelled = items.some((node) => node.metadata.labels?.[NAMES.gatewayLabel] === "true");
  if (wanted.length === 0 && !labelled) {
    steps.say("warning", `no node is a gateway: label one with kubectl label node NAME ${NAMES.gatewayLabel}=true`);
  }
}
