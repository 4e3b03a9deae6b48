// SPDX-License-Identifier: Apache-2.0
import { addressOf, cidr, formatAddress } from "@strait/model";

/** One server of a control plane. */
export interface Program {
  readonly name: string;
  readonly argv: readonly string[];
  /** Added to its environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** When it is up, and the next may start: its socket is there, or the API server answers 200 to the administrator. */
  readonly up: { readonly socket: string } | { readonly path: string };
}

/** Where the API server stands, as both kinds need to know it. */
export interface ServerPlace {
  /** Name of the cluster. */
  readonly name: string;
  /** Absolute. The administrator's kubeconfig is `<dir>/admin.kubeconfig`. */
  readonly dir: string;
  readonly address: string;
  readonly port: number;
  readonly url: string;
  /** Every name and address it is reached by. */
  readonly names: readonly string[];
  readonly serviceCidrs: readonly string[];
  readonly flags: readonly string[];
  /** Whether a kube-scheduler belongs to it. */
  readonly scheduler: boolean;
}

/** "127.0.0.1:6443", "[fd00::1]:6443" */
export function hostPort(address: string, port: number): string {
  return address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`;
}

/** The first usable address of a range, which is the API server's own Service: "10.96.0.1" of "10.96.0.0/16". */
export function firstAddress(range: string): string {
  const { address } = cidr(range);
  return formatAddress(addressOf(address.family, address.value + 1n));
}
