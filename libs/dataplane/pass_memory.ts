// SPDX-License-Identifier: Apache-2.0
import type { Cidr, IfIndex, LinkRow, Plan, RouteRow } from "@strait/model";
import type { Attachment } from "./attachments.ts";
import type { Place } from "./pins.ts";

/** Attachments by the name of their pin. */
export type Attached = ReadonlyMap<string, Attachment>;

/** What was applied last and need not be asked for while nobody else touches it. */
export interface PassMemory {
  readonly links: readonly LinkRow[];
  readonly routes: readonly RouteRow[];
  readonly attached: Attached;
  readonly spread: readonly IfIndex[];
  readonly keptSources: readonly Cidr[];
}

/** Nothing was applied yet. */
export const NOTHING_APPLIED: PassMemory = { links: [], routes: [], attached: new Map(), spread: [], keptSources: [] };

/** What is to be remembered of a plan that was applied. */
export function remember({ links, routes, spread, keptSources = [] }: Plan, attached: Attached): PassMemory {
  return { links, routes, attached, spread, keptSources };
}

/**
 * What differs between what is attached and what is wanted. What is not wanted any more counts only at places that are ours to
 * clear: others' are the other app's.
 *
 * @example
 * attachmentNews(known.attached, wanted, ["pod"]) // { come: [at the new pod], gone: [at the pod that went] }
 */
export function attachmentNews(
  attached: Attached,
  wanted: Attached,
  ours: readonly Place[],
): { readonly come: readonly Attachment[]; readonly gone: readonly Attachment[] } {
  return {
    come: [...wanted].filter(([pin]) => !attached.has(pin)).map(([, attachment]) => attachment),
    gone: [...attached]
      .filter(([pin, { place }]) => !wanted.has(pin) && ours.includes(place))
      .map(([, attachment]) => attachment),
  };
}
