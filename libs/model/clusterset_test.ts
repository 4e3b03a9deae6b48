// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from "bun:test";
import { address, formatAddress } from "./address.ts";
import { cidr, formatCidr } from "./cidr.ts";
import { cableName, endpointName, sanitizeName } from "./cluster_names.ts";
import { announcedSubnets, type GatewayMember } from "./clusterset.ts";
import { formatGateways, MAX_GATEWAYS, parseGateways } from "./gateways_text.ts";

describe("Names", () => {
  test.each([
    ["east", "east"],
    ["East_1", "east-1"],
    ["-gw.Example.COM-", "gw.example.com"],
    ["a b/c", "a-b-c"],
    ["__", ""],
  ])("sanitizeName(%p) is %p", (text, name) => {
    expect(sanitizeName(text)).toBe(name);
  });

  test("of a cable and its Endpoint hold the cluster and the private address", () => {
    const cable = cableName("east", address("172.31.1.2"));
    expect(cable).toBe("submariner-cable-east-172-31-1-2");
    expect(endpointName("east", cable)).toBe("east-submariner-cable-east-172-31-1-2");
    expect(endpointName("east", cableName("east", address("fd31::")))).toBe("east-submariner-cable-east-fd31");
  });
});

describe("announcedSubnets", () => {
  const service = ["fd00:1::/112", "100.1.0.0/16"].map(cidr);
  const pod = ["10.1.0.0/16", "fd01::/48", "10.9.0.0/16"].map(cidr);

  test("gives services before pods and IPv4 before IPv6", () => {
    const all = announcedSubnets({ serviceCidrs: service, podCidrs: pod, globalCidrs: [] }).map(formatCidr);
    expect(all).toEqual(["100.1.0.0/16", "10.1.0.0/16", "10.9.0.0/16", "fd00:1::/112", "fd01::/48"]);
  });

  test("gives only global CIDRs where there are any", () => {
    const all = announcedSubnets({ serviceCidrs: service, podCidrs: pod, globalCidrs: [cidr("242.0.0.0/16")] });
    expect(all.map(formatCidr)).toEqual(["242.0.0.0/16"]);
  });
});

const gateway = (hostname: string, ip = "172.31.1.2"): GatewayMember => ({
  hostname,
  privateIps: [address(ip)],
  publicIps: [],
  port: 4500,
  healthCheckIps: [address("10.1.0.1")],
});
const entry = { hostname: "gw1", privateIPs: ["172.31.1.2"], port: 4500 };

describe("The list of gateways", () => {
  test("is read as it was written and does not depend on order", () => {
    const list = [gateway("gw2"), gateway("gw1", "fd31::1")];
    const text = formatGateways(list);
    expect(parseGateways(text)).toEqual({ ok: true, value: [list[1], list[0]] as GatewayMember[] });
    expect(formatGateways([...list].reverse())).toBe(text);
  });

  test("puts IPv4 first, leaves empty addresses out and takes members that are unknown", () => {
    const parsed = parseGateways(
      JSON.stringify([{ ...entry, privateIPs: ["fd31::1", "172.31.1.2"], publicIPs: [""], lanes: 3 }]),
    );
    expect(parsed.ok && parsed.value[0]?.privateIps.map(formatAddress)).toEqual(["172.31.1.2", "fd31::1"]);
    expect(parsed.ok && parsed.value[0]?.publicIps).toEqual([]);
  });

  test.each<[string, unknown, GatewayMember["phase"]]>([
    ["joins", "joining", "joining"],
    ["leaves", "leaving", "leaving"],
    ["has left", "left", "left"],
    ["is where only later versions know", "resting", undefined],
    ["says so by no text", 7, undefined],
  ])("tells of a gateway that %s", (_, phase, known) => {
    const parsed = parseGateways(JSON.stringify([{ ...entry, phase }]));
    if (!parsed.ok) throw new Error(parsed.reason);
    expect(parsed.value.map((one) => one.phase)).toEqual([known]);
    expect(parseGateways(formatGateways(parsed.value))).toEqual(parsed);
  });

  test.each<[string, unknown, string]>([
    ["an empty list", [], "empty"],
    ["no list", entry, "malformed"],
    ["null", null, "malformed"],
    ["a port of 0", [{ ...entry, port: 0 }], "port"],
    ["no private address", [{ ...entry, privateIPs: [] }], "names no address"],
    ["a malformed address", [{ ...entry, privateIPs: ["172.31.1"] }], "no IP address"],
    ["a loopback address", [{ ...entry, privateIPs: ["127.0.0.1"] }], "loopback"],
    ["a host name twice", [entry, entry], "twice"],
    ["too many", Array.from({ length: MAX_GATEWAYS + 1 }, (_, i) => ({ ...entry, hostname: `gw${i}` })), "32 at most"],
    ["too much text", [{ ...entry, hostname: "x".repeat(40_000) }], "characters"],
    ["a long host name", [{ ...entry, hostname: "x".repeat(254) }], "1 to 253"],
  ])("is refused with a reason: %s", (_, value, reason) => {
    expect(parseGateways(JSON.stringify(value))).toEqual({ ok: false, reason: expect.stringContaining(reason) });
  });

  test("that is no JSON is refused", () => {
    expect(parseGateways("[{")).toEqual({ ok: false, reason: "the list of gateways is no JSON" });
  });
});
