// SPDX-License-Identifier: Apache-2.0
import * as v from "valibot";
import { formatAddress } from "./address.ts";
import { formatCidr } from "./cidr.ts";
import type { ClusterFile, Listen, NodeSpec } from "./cluster_file.ts";
import { clusterFileSchema } from "./cluster_file_schema.ts";
import { ok, type Result, refuse } from "./result.ts";

/**
 * A config as plain data, with the keys and texts of strait.yaml, ready for JSON.
 *
 * @example
 * JSON.stringify(plainClusterFile(file)) // a text that is a valid strait.yaml too
 */
export function plainClusterFile(file: ClusterFile): unknown {
  const { subnets, podSubnets, nodes, clusters, listen, ...rest } = file;
  return {
    ...rest,
    subnets: subnets.map(formatCidr),
    ...(podSubnets && { podSubnets: podSubnets.map(formatCidr) }),
    nodes: nodes.map(plainNode),
    clusters: clusters.map((cluster) => ({
      ...cluster,
      subnets: cluster.subnets.map(formatCidr),
      gateways: cluster.gateways.map((gateway) => ({ ...gateway, addresses: gateway.addresses.map(formatAddress) })),
    })),
    ...(listen && { listen: placeText(listen) }),
  };
}

/** A node as it is in {@linkcode plainClusterFile}. */
export function plainNode(node: NodeSpec): unknown {
  return { ...node, addresses: node.addresses.map(formatAddress), subnets: node.subnets.map(formatCidr) };
}

/**
 * Reads what {@linkcode plainClusterFile} made. Total. Every value is checked by itself; what they mean together is not judged
 * again, except that the own node must be among the nodes.
 */
export function readPlainClusterFile(plain: unknown): Result<ClusterFile> {
  const parsed = v.safeParse(clusterFileSchema, plain, { abortEarly: true });
  if (!parsed.success) return refuse(parsed.issues[0].message);
  const file: ClusterFile = parsed.output;
  if (!file.nodes.some(({ name }) => name === file.node)) return refuse(`node "${file.node}" is not among the nodes`);
  return ok(file);
}

function placeText(listen: Listen): string {
  if (listen.kind === "unix") return `unix:${listen.path}`;
  return listen.host.includes(":") ? `[${listen.host}]:${listen.port}` : `${listen.host}:${listen.port}`;
}
