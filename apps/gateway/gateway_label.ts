// SPDX-License-Identifier: Apache-2.0
import type { Change, KubeObject } from "@strait/k8s";
import { GATEWAY_LABEL } from "@strait/model";

/** Whether a node is to be a gateway. */
export function isGatewayNode(node: KubeObject): boolean {
  return labelOf(node) === "true";
}

/** Whether a node became a gateway or is one no more, or its going may have ended one. */
export function gatewayLabelChanged(change: Change<KubeObject>): boolean {
  return change.type === "delete" || labelOf(change.object) !== labelOf(change.old);
}

function labelOf(node: KubeObject | undefined): string | undefined {
  return node?.metadata.labels?.[GATEWAY_LABEL];
}
