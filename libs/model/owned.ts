// SPDX-License-Identifier: Apache-2.0

/** The node agent's device: VXLAN `external` on INTRA_PORT, target of the routes to other clusters. */
export const STRAIT_DEVICE = "strait0";

/** The gateway's device: VXLAN `external` on the cable port. */
export const CABLE_DEVICE = "strait1";

/** Route protocol number of every route we write (rtm_protocol; 83 is assigned to nobody in rt_protos). */
export const ROUTE_PROTOCOL = 83;

/** The nf_tables table of family inet, and the chains in it. */
export const NFT_TABLE = "strait";

/** Where maps and links are pinned unless the config says otherwise. A bpffs must be mounted there or above. */
export const PIN_DIR = "/sys/fs/bpf/strait";

/**
 * The folder under the pin directory that holds maps of this layout. Follows STRAIT_MAP_VERSION of bpf/lib/shared.h
 * (libs/codec tests that), so a process never reads rows of another layout.
 */
export const MAP_VERSION = "v1";
