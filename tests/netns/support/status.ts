// SPDX-License-Identifier: Apache-2.0
import type { App } from "@strait/lab";

/** What tests read of /status, as JSON has it. */
export interface Status {
  readonly ready: boolean;
  readonly config: { readonly ok: boolean; readonly reasons: readonly string[] };
  readonly totals: {
    readonly applies: number;
    readonly writes: number;
    readonly removes: number;
    readonly failures: number;
    readonly errors: number;
  };
  readonly lastApply: { readonly writes: Record<string, number>; readonly removes: Record<string, number> } | null;
  readonly hops: readonly {
    readonly index: number;
    readonly peer?: string;
    readonly mtu: number;
    readonly txPackets: number;
    readonly rxPackets: number;
  }[];
  readonly clusters: readonly {
    readonly id: string;
    readonly index?: number;
    readonly slots: readonly { readonly hop: number; readonly slots: number }[];
  }[];
  readonly reasons: Readonly<Record<string, { readonly packets: number; readonly bytes: number }>>;
  readonly problems: readonly { readonly object: string; readonly reason: string }[];
  readonly pods?: readonly { readonly interface: string; readonly addresses: readonly string[] }[];
  /** Of the node agent. */
  readonly delivery?: { readonly way: "direct" | "stack"; readonly why: string } | null;
}

/** /status of a running app. */
export async function status(app: App): Promise<Status> {
  return JSON.parse(await app.get("/status")) as Status;
}

/** Packets of the app's node by what became of them; reasons that never occurred are 0. */
export async function counts(app: App): Promise<Record<string, number>> {
  const { reasons } = await status(app);
  return Object.fromEntries(Object.entries(reasons).map(([reason, { packets }]) => [reason, packets]));
}

/** What was dropped since `before`, by reason; reasons that did not occur are left out. */
export function dropsSince(
  before: Readonly<Record<string, number>>,
  now: Readonly<Record<string, number>>,
): Record<string, number> {
  const grown = Object.entries(now).map(([reason, packets]) => [reason, packets - (before[reason] ?? 0)] as const);
  return Object.fromEntries(grown.filter(([reason, packets]) => reason.startsWith("drop_") && packets > 0));
}
