// SPDX-License-Identifier: Apache-2.0

/** UDP port of VXLAN between the nodes of one cluster (Submariner: device vx-submariner, port 4800). */
export const INTRA_PORT = 4800;

/** VNI between the nodes of one cluster (Submariner: device vx-submariner, id 100). */
export const INTRA_VNI = 100;

/** UDP port of VXLAN cables (Submariner: the gateway node's udp-port, by default 4500). */
export const CABLE_PORT = 4500;

/** VNI of VXLAN cables (Submariner: device vxlan-tunnel, id 1000). */
export const CABLE_VNI = 1000;
