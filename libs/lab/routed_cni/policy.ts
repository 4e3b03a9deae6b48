// SPDX-License-Identifier: Apache-2.0

/** A port that nobody may reach on a pod of the routed CNI, from wherever: its network policy. */
export const DENIED_PORT = 27999;

/**
 * The policy of the routed CNI, applied again with every pod. As Calico's: what a pod sends must come from where its address is
 * (strict reverse path), what connection tracking cannot make sense of is dropped, and one port is denied.
 */
export const policy = `table inet calico {}
delete table inet calico
table inet calico {
  chain raw {
    type filter hook prerouting priority raw; policy accept;
    iifname "cali*" fib saddr . iif oif missing drop
  }
  chain forward {
    type filter hook forward priority filter; policy accept;
    oifname "cali*" tcp dport ${DENIED_PORT} drop
    oifname "cali*" udp dport ${DENIED_PORT} drop
    iifname "cali*" ct state invalid drop
    oifname "cali*" ct state invalid drop
  }
}
`;
