// SPDX-License-Identifier: Apache-2.0
import { type Address, GATEWAY_LABEL, ok, parseAddress, parseNodeName, type Result } from "@strait/model";
import type { MemberNode, MemberPod } from "@strait/plan";
import { readCidrs } from "../discovery/cidr_texts.ts";
import type { PodPlacement } from "../discovery/discover_cni.ts";
import type { PlacedNode, SentPod } from "./placed_kinds.ts";

function addressesOf(texts: readonly (string | undefined)[]): Address[] {
  return texts.flatMap((text) => {
    const parsed = text ? parseAddress(text) : undefined;
    return parsed?.ok ? [parsed.value] : [];
  });
}

/** All podCIDRs of a node, in both spellings that the API has. */
export function podCidrTexts({ spec }: PlacedNode): readonly string[] {
  const { podCIDRs, podCIDR } = spec ?? {};
  return podCIDRs && podCIDRs.length > 0 ? podCIDRs : podCIDR ? [podCIDR] : [];
}

/**
 * A node as the planners know it, or why it cannot be. Where pods are placed one by one its podCIDRs mean nothing: other
 * pods' addresses may lie in them.
 */
export function memberNode(node: PlacedNode, placement: PodPlacement): Result<MemberNode> {
  const { metadata, status } = node;
  const name = parseNodeName(metadata.name);
  if (!name.ok) return name;
  const internal = (status?.addresses ?? []).filter(({ type }) => type === "InternalIP");
  return ok({
    name: name.value,
    addresses: addressesOf(internal.map(({ address }) => address)).sort((a, b) => a.family - b.family),
    podCidrs: placement === "node subnets" ? readCidrs(podCidrTexts(node)).cidrs : [],
    gateway: metadata.labels?.[GATEWAY_LABEL] === "true",
    ready: (status?.conditions ?? []).some(({ type, status }) => type === "Ready" && status === "True"),
  });
}

/** Where a pod's own addresses are; undefined for one that has none (not placed yet, on the host's network, ended). */
export function memberPod({ metadata, spec, status }: SentPod): MemberPod | undefined {
  if (!spec?.nodeName || spec.hostNetwork || status?.phase === "Succeeded" || status?.phase === "Failed") return undefined;
  const node = parseNodeName(spec.nodeName);
  const listed = (status?.podIPs ?? []).map(({ ip }) => ip);
  const addresses = addressesOf(listed.length > 0 ? listed : [status?.podIP]);
  if (!node.ok || addresses.length === 0) return undefined;
  const createdAt = Date.parse(metadata.creationTimestamp ?? "") || 0;
  return { key: `${metadata.namespace}/${metadata.name}`, node: node.value, addresses, createdAt };
}
