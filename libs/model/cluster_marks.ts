// SPDX-License-Identifier: Apache-2.0
/**
 * Names of objects, labels and annotations that a clusterset agrees on. All are Submariner's except those that begin with
 * strait.io. See docs/design/clusterset.md.
 */

/** Where the software of a member cluster and its own Cluster, Endpoint and Gateway objects live. */
export const MEMBER_NAMESPACE = "submariner-operator";

/** Where the clusters meet on the broker, unless told otherwise. */
export const BROKER_NAMESPACE = "submariner-k8s-broker";

/** Label (a hyphen, no dot) of what was pushed to the broker: whose it is. */
export const CLUSTER_ID_LABEL = "submariner-io/clusterID";

/** Label of what was pushed out of one of many namespaces: which. */
export const ORIGINATING_NAMESPACE_LABEL = "submariner-io/originatingNamespace";

/** Node label, "true" on the nodes that may be gateways. */
export const GATEWAY_LABEL = "submariner.io/gateway";

/** What a node's labels or annotations (which win) of this prefix say about its gateway. Unknown ones are refused. */
export const GATEWAY_CONFIG_PREFIX = "gateway.submariner.io/";

/** The keys after GATEWAY_CONFIG_PREFIX that a node may carry. */
export const GATEWAY_CONFIG_KEYS = ["udp-port", "natt-discovery-port", "public-ip", "preferred-server"] as const;

/** Pod labels of a gateway's pod: its host name, and "active" or "passive" (a load balancer's Service selects on it). */
export const GATEWAY_NODE_POD_LABEL = "gateway.submariner.io/node";
export const GATEWAY_STATUS_POD_LABEL = "gateway.submariner.io/status";

/** Annotation of a Gateway: Unix seconds of the last write. */
export const UPDATE_TIMESTAMP_ANNOTATION = "update-timestamp";

/** Annotation of a Gateway: the node's own global address. */
export const GLOBAL_IP_ANNOTATION = "submariner.io/globalIp";

/** Annotation of an Endpoint: all live gateways of its cluster, as `formatGateways` writes them. */
export const GATEWAYS_ANNOTATION = "strait.io/gateways";

/**
 * Annotation of a copy that was pulled from the broker: when the broker's object was made. Of two Endpoints of one cluster the
 * newer counts, and copies that are pulled together are made in the same second.
 */
export const CREATED_AT_ANNOTATION = "strait.io/created-at";

/** Annotation of what was pushed to the broker: the uid of the object it was made of. */
export const SOURCE_UID_ANNOTATION = "strait.io/source-uid";

/**
 * Annotation of a copy whose original the broker lost together with what else it held. It stays until its cluster writes there
 * again: that a broker forgot it says nothing about the cluster.
 */
export const BROKER_LOST_ANNOTATION = "strait.io/broker-lost";

/** Lease that the leading gateway of a cluster holds. */
export const GATEWAY_LEASE = "submariner-gateway-lock";

/** Secret of a member cluster with its credentials on the broker: token, ca.crt, namespace. */
export const BROKER_SECRET = "submariner-broker-secret";

/** Secret with the clusterset's pre-shared key, data key "psk". */
export const PSK_SECRET = "submariner-ipsec-psk";

/** Finalizer of the operator kinds. */
export const CLEANUP_FINALIZER = "controllers.submariner.io/cleanup";

/** What `color_codes` of a Cluster always holds; nobody reads it. */
export const COLOR_CODES = ["blue"] as const;

/** Keys of an Endpoint's backend_config. */
export const BACKEND_KEYS = {
  udpPort: "udp-port",
  nattDiscoveryPort: "natt-discovery-port",
  preferredServer: "preferred-server",
  publicIp: "public-ip",
  usingLoadBalancer: "using-loadbalancer",
  publicKey: "publicKey",
  interfaceName: "interface-name",
} as const;
