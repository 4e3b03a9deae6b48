// SPDX-License-Identifier: Apache-2.0

/** Flow-hash slots per cluster: STRAIT_SLOTS of bpf/lib/shared.h. A test of libs/codec holds these numbers equal. */
export const SLOTS = 256;

/** Rows for clusters, the own one (0) included: STRAIT_MAX_CLUSTERS. */
export const MAX_CLUSTERS = 257;

/** Rows for hops; index 0 means "no hop": STRAIT_MAX_HOPS. */
export const MAX_HOPS = 8192;
