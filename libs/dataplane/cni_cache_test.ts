// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { formatAddress } from "@strait/model";
import { parseCniEntry, readCniCache, resultsDir } from "./cni_cache.ts";

const inside = { name: "eth0", mac: "4a:00:00:00:00:02", sandbox: "/run/netns/pod" };
const entry = (result: unknown) => JSON.stringify({ kind: "cniCacheV1", containerId: "c", ifName: "eth0", result });
const found = (text: string) =>
  parseCniEntry(text).map((pod) => `${pod.hostInterfaces.join("+")} ${formatAddress(pod.address)} ${pod.mac ?? "-"}`);

test.each([
  [
    "ptp: the veth and what is inside",
    entry({ interfaces: [{ name: "veth1", mac: "4a:00:00:00:00:01" }, inside], ips: [{ interface: 1, address: "10.1.1.2/24" }] }),
    ["veth1 10.1.1.2 4a:00:00:00:00:02"],
  ],
  [
    "bridge: both families, the bridge beside the veth",
    entry({
      interfaces: [{ name: "cni0" }, { name: "veth2" }, inside],
      ips: [
        { interface: 2, address: "10.1.1.3/24" },
        { interface: 2, address: "fd01:0:0:1::3/64" },
      ],
    }),
    ["cni0+veth2 10.1.1.3 4a:00:00:00:00:02", "cni0+veth2 fd01:0:0:1::3 4a:00:00:00:00:02"],
  ],
  [
    "bandwidth: its device comes last and hides nothing",
    entry({ interfaces: [{ name: "veth3" }, inside, { name: "bwp1" }], ips: [{ interface: 1, address: "10.1.1.4/24" }] }),
    ["veth3+bwp1 10.1.1.4 4a:00:00:00:00:02"],
  ],
  [
    "no index: the interface inside is meant",
    entry({ interfaces: [{ name: "veth4" }, inside], ips: [{ address: "10.1.1.5/24" }] }),
    ["veth4 10.1.1.5 4a:00:00:00:00:02"],
  ],
  [
    "Calico: no interface inside, a broken MAC",
    entry({ interfaces: [{ name: "cali5", mac: "ee" }], ips: [{ address: "10.1.1.6/32" }] }),
    ["cali5 10.1.1.6 -"],
  ],
  [
    "an address of the host's side is no pod's",
    entry({ interfaces: [{ name: "veth6" }, inside], ips: [{ interface: 0, address: "10.1.1.1/24" }] }),
    [],
  ],
  [
    "an index that leads nowhere",
    entry({ interfaces: [{ name: "veth7" }, inside], ips: [{ interface: 9, address: "10.1.1.7/24" }] }),
    [],
  ],
  ["an address that is none", entry({ interfaces: [{ name: "v" }, inside], ips: [{ interface: 1, address: "pod/24" }] }), []],
  ["nothing outside the pod (host-device)", entry({ interfaces: [inside], ips: [{ interface: 0, address: "10.1.1.8/24" }] }), []],
  ["no interfaces (CNI 0.2)", entry({ ip4: { ip: "10.1.1.9/24" } }), []],
  ["half written", '{"kind":"cniCacheV1","result":{"interf', []],
  ["of another kind", '"text"', []],
  ["empty", "", []],
])("parseCniEntry: %s", (_name, text, expected) => {
  expect(found(text)).toEqual(expected);
});

test("readCniCache reads all entries, passes over what is none, and is empty where there is no cache", () => {
  const dir = mkdtempSync(join(tmpdir(), "st-cni-"));
  try {
    expect(readCniCache(dir)).toEqual([]);
    mkdirSync(join(resultsDir(dir), "folder"), { recursive: true });
    const pod = (n: number) => ({
      interfaces: [{ name: `veth${n}` }, inside],
      ips: [{ interface: 1, address: `10.1.1.${n}/24` }],
    });
    for (const n of [1, 2]) writeFileSync(join(resultsDir(dir), `net-${n}-eth0`), entry(pod(n)));
    writeFileSync(join(resultsDir(dir), "net-3-eth0"), "{");
    expect(
      readCniCache(dir)
        .map(({ address }) => formatAddress(address))
        .sort(),
    ).toEqual(["10.1.1.1", "10.1.1.2"]);
  } finally {
    rmSync(dir, { recursive: true });
  }
});
