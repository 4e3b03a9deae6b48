// SPDX-License-Identifier: Apache-2.0
import { parseArgs } from "node:util";

export const USAGE = `usage: demo [--kube] [--json] [--quiet] [--keep]
       demo --standalone [--with strait|kernel|plain] [--json] [--quiet] [--keep]
       demo --down ID

  --kube        real clusters: kube-apiserver, kubelet, containerd, and the image; otherwise our own small stand-ins
  --standalone  no Kubernetes: one file per node
  --with        what joins the clusters: strait (default), the kernel's VXLAN devices, or plain routing
  --json        the last line is one JSON object with "pairs" and "ok"
  --quiet       no other output
  --keep        leave the clusters up and say how to look inside
  --down        remove the clusters that --keep left up`;

/** What joins the clusters of the standalone demo, with what the drawing says of it. */
export const CABLES = {
  strait: "VXLAN cable, UDP 4500",
  kernel: "kernel VXLAN, UDP 4500",
  plain: "plain routing",
} as const;
export type Joined = keyof typeof CABLES;

export interface Flags {
  readonly standalone: boolean;
  readonly kube: boolean;
  readonly json: boolean;
  readonly quiet: boolean;
  readonly keep: boolean;
  readonly joined: Joined;
  readonly down: string | undefined;
}

/** The command line; undefined where it is no good, or asks for help. */
export function readFlags(args?: readonly string[]): Flags | undefined {
  const flag = { type: "boolean", default: false } as const;
  try {
    const { values } = parseArgs({
      ...(args === undefined ? {} : { args: [...args] }),
      options: {
        standalone: flag,
        kube: flag,
        json: flag,
        quiet: flag,
        keep: flag,
        help: flag,
        with: { type: "string" },
        down: { type: "string" },
      },
    });
    const { with: joined = "strait", help, down, ...rest } = values;
    if (help || !Object.hasOwn(CABLES, joined)) return undefined;
    if (rest.kube && rest.standalone) return undefined;
    if (values.with !== undefined && !rest.standalone) return undefined;
    return { ...rest, joined: joined as Joined, down };
  } catch {
    return undefined;
  }
}
