// SPDX-License-Identifier: Apache-2.0

/**
 * The text of a config file of two clusters, with a socket to answer on.
 *
 * @example
 * writeFileSync(path, configText({ listen: "unix:/tmp/gateway.sock" }))
 */
export function configText({ listen, more = "" }: { readonly listen: string; readonly more?: string }): string {
  return `cluster: east
node: gw1
subnets: [10.1.0.0/16]
nodes:
  - { name: gw1, addresses: [172.31.1.2], subnets: [10.1.0.0/24], gateway: true }
  - { name: w1, addresses: [172.31.1.3], subnets: [10.1.1.0/24] }
clusters:
  - { id: west, subnets: [10.2.0.0/16], gateways: [{ name: gw1, addresses: [172.31.9.3] }] }
listen: ${listen}
${more}`;
}
