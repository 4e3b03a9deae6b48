// SPDX-License-Identifier: Apache-2.0
import { type Address, addressBits, type IfIndex, type Result } from "@strait/model";
import { Attributes, attribute } from "./attributes.ts";
import { afOf, readAddress, readFamily, readFixed, readIndex, viewOf, wireAddress } from "./bytes.ts";
import { IFA, IFA_F } from "./constants.ts";
import { Malformed, reading } from "./malformed.ts";
import { type RouteScope, readScope, scopeNumber } from "./route_names.ts";

const IFADDRMSG = 8;

/** An address on an interface, as RTM_NEWADDR tells it. */
export interface InterfaceAddress {
  readonly ifindex: IfIndex;
  readonly address: Address;
  readonly prefixLength: number;
  /** The far end of a point-to-point address; undefined otherwise. */
  readonly peer?: Address;
  readonly broadcast?: Address;
  readonly label?: string;
  readonly scope: RouteScope;
  /** IPv6 duplicate address detection still runs: not usable as a source. */
  readonly tentative: boolean;
  readonly dadFailed: boolean;
  readonly deprecated: boolean;
  /** An IPv4 address that is not the first of its prefix, or a temporary IPv6 address. */
  readonly secondary: boolean;
}

/** An address to add. */
export interface NewAddress {
  readonly ifindex: IfIndex;
  readonly address: Address;
  readonly prefixLength: number;
  readonly peer?: Address;
  readonly scope?: RouteScope;
  /** Skip IPv6 duplicate address detection: usable at once. */
  readonly noDad?: boolean;
  /** Make no route to the prefix. */
  readonly noPrefixRoute?: boolean;
}

/** Decodes the payload of RTM_NEWADDR or RTM_DELADDR. Total. */
export function decodeInterfaceAddress(payload: Uint8Array): Result<InterfaceAddress> {
  return reading("an interface address", () => {
    const { head, rest } = readFixed(payload, IFADDRMSG);
    const family = readFamily(head.getUint8(0));
    const prefixLength = head.getUint8(1);
    if (prefixLength > addressBits(family)) throw new Malformed(`prefix length ${prefixLength}`);
    const attributes = Attributes.parse(rest);
    const flags = attributes.u32(IFA.FLAGS) ?? head.getUint8(2);
    // IFA_ADDRESS is the far end where IFA_LOCAL is there and differs (linux/if_addr.h).
    const own = attributes.bytes(IFA.LOCAL) ?? attributes.bytes(IFA.ADDRESS);
    if (!own) throw new Malformed("it has no address");
    const address = readAddress(own);
    const far = attributes.bytes(IFA.ADDRESS);
    const peer = far && readAddress(far);
    const broadcast = attributes.bytes(IFA.BROADCAST);
    const label = attributes.string(IFA.LABEL);
    return {
      ifindex: readIndex(head.getUint32(4, true)),
      address,
      prefixLength,
      ...(peer && peer.value !== address.value && { peer }),
      ...(broadcast && { broadcast: readAddress(broadcast) }),
      ...(label !== undefined && { label }),
      scope: readScope(head.getUint8(3)),
      tentative: (flags & IFA_F.TENTATIVE) !== 0,
      dadFailed: (flags & IFA_F.DADFAILED) !== 0,
      deprecated: (flags & IFA_F.DEPRECATED) !== 0,
      secondary: (flags & IFA_F.SECONDARY) !== 0,
    };
  });
}

/** Encodes the payload of RTM_NEWADDR or RTM_DELADDR. */
export function encodeInterfaceAddress(wanted: NewAddress): Uint8Array[] {
  const head = new Uint8Array(IFADDRMSG);
  const view = viewOf(head);
  view.setUint8(0, afOf(wanted.address.family));
  view.setUint8(1, wanted.prefixLength);
  view.setUint8(3, scopeNumber(wanted.scope ?? "global"));
  view.setUint32(4, wanted.ifindex, true);
  const flags = (wanted.noDad ? IFA_F.NODAD : 0) | (wanted.noPrefixRoute ? IFA_F.NOPREFIXROUTE : 0);
  return [
    head,
    attribute.bytes(IFA.LOCAL, wireAddress(wanted.address)),
    attribute.bytes(IFA.ADDRESS, wireAddress(wanted.peer ?? wanted.address)),
    ...(flags ? [attribute.u32(IFA.FLAGS, flags)] : []),
  ];
}
