// SPDX-License-Identifier: Apache-2.0
import * as v from "valibot";
import { type Address, parseAddress } from "./address.ts";
import { type Cidr, parseCidr } from "./cidr.ts";
import { DELIVERIES } from "./cluster_file.ts";
import { parseClusterId, parseNodeName } from "./ids.ts";
import { parseListen } from "./listen.ts";
import { parseLinkMtu } from "./mtu.ts";
import { PIN_DIR } from "./owned.ts";
import { ok, type Result, refuse } from "./result.ts";
import { specialAddress, specialSubnet } from "./special_addresses.ts";
import { CABLE_PORT } from "./wire.ts";

/** A plain value that one of our parse functions turns into ours or refuses. */
function through<In, Out>(parse: (value: In) => Result<Out>) {
  return v.rawTransform<In, Out>(({ dataset, addIssue, NEVER }) => {
    const result = parse(dataset.value);
    if (result.ok) return result.value;
    addIssue({ message: result.reason });
    return NEVER;
  });
}

const text = (what: string) => v.string(`${what} must be text: put it in quotes`);
const whole = (what: string) => v.number(`${what} must be a number without quotes`);

function list<const Item extends v.GenericSchema>(item: Item, what: string) {
  return v.pipe(
    v.array(item, `${what} must be a list: write [a, b]`),
    v.minLength(1, `${what} is an empty list: name at least one`),
  );
}

/** A map with these keys only; what is unknown or missing is named. */
function keys<const Entries extends v.ObjectEntries>(what: string, entries: Entries) {
  return v.strictObject(entries, (issue) => {
    if (issue.expected === "Object") return `${what} must be a map of keys: write key: value`;
    const key = issue.expected === "never" ? issue.received : issue.expected;
    if (issue.expected === "never") return `${key} is an unknown key of ${what}: use only ${Object.keys(entries).join(", ")}`;
    return `${key} is missing from ${what}: add it`;
  });
}

function nodeAddress(value: string): Result<Address> {
  const parsed = parseAddress(value);
  const special = parsed.ok ? specialAddress(parsed.value) : undefined;
  return special ? refuse(`${value} is a ${special} address: use one that the other nodes can reach`) : parsed;
}

function announced(value: string): Result<Cidr> {
  const parsed = parseCidr(value);
  const special = parsed.ok ? specialSubnet(parsed.value) : undefined;
  return special ? refuse(`${value} holds ${special} addresses: name only subnets of pods and Services`) : parsed;
}

function port(value: number): Result<number> {
  if (Number.isInteger(value) && value >= 1 && value <= 65535) return ok(value);
  return refuse(`port ${value} is out of range: use 1 to 65535`);
}

function absolutePath(value: string): Result<string> {
  if (/^(\/[^/\0]+)+$/.test(value) && !/\/\.\.?(\/|$)/.test(value)) return ok(value);
  return refuse(`"${value.slice(0, 64)}" is no absolute path: write it from / on, without . and ..`);
}

// dev_valid_name() of the kernel: up to 15 bytes, no slash, colon or white space. A * stands for any characters.
function interfaceName(value: string): Result<string> {
  if (/^[^\s/:]{1,15}$/.test(value) && value !== "." && value !== "..") return ok(value);
  return refuse(`"${value.slice(0, 32)}" is no interface name: use 1 to 15 characters without / : and white space`);
}

const addresses = list(v.pipe(text("an address"), through(nodeAddress)), "addresses");
const subnet = v.pipe(text("a subnet"), through(announced));

const node = keys("a node", {
  name: v.pipe(text("name"), through(parseNodeName)),
  addresses,
  subnets: v.optional(v.array(subnet, "subnets must be a list: write [a, b]"), []),
  gateway: v.optional(v.boolean("gateway must be true or false, without quotes"), false),
  ready: v.exactOptional(v.boolean("ready must be true or false, without quotes")),
  standby: v.exactOptional(v.boolean("standby must be true or false, without quotes")),
  left: v.exactOptional(v.boolean("left must be true or false, without quotes")),
});

const gateway = keys("a gateway", {
  name: v.pipe(text("name"), through(parseNodeName)),
  addresses,
  port: v.optional(v.pipe(whole("port"), through(port)), CABLE_PORT),
  leaving: v.exactOptional(v.boolean("leaving must be true or false, without quotes")),
});

const remoteCluster = keys("a cluster", {
  id: v.pipe(text("id"), through(parseClusterId)),
  subnets: list(subnet, "subnets"),
  gateways: list(gateway, "gateways"),
});

/** The shape of the config: every value by itself is right. What values mean together is `clusterFileFaults`' to judge. */
export const clusterFileSchema = keys("the file", {
  cluster: v.pipe(text("cluster"), through(parseClusterId)),
  node: v.pipe(text("node"), through(parseNodeName)),
  subnets: list(subnet, "subnets"),
  podSubnets: v.exactOptional(list(subnet, "podSubnets")),
  nodes: list(node, "nodes"),
  clusters: v.optional(v.array(remoteCluster, "clusters must be a list of clusters"), []),
  uplinks: v.exactOptional(list(v.pipe(text("an uplink"), through(interfaceName)), "uplinks")),
  mtu: v.exactOptional(v.pipe(whole("mtu"), through(parseLinkMtu))),
  spread: v.optional(v.boolean("spread must be true or false, without quotes"), true),
  podInterfaces: v.exactOptional(list(v.pipe(text("a pod interface"), through(interfaceName)), "podInterfaces")),
  cniCacheDir: v.exactOptional(v.pipe(text("cniCacheDir"), through(absolutePath))),
  delivery: v.exactOptional(v.picklist(DELIVERIES, "delivery must be auto, stack or direct")),
  pinDir: v.optional(v.pipe(text("pinDir"), through(absolutePath)), PIN_DIR),
  listen: v.exactOptional(v.pipe(text("listen"), through(parseListen))),
  log: v.optional(v.picklist(["debug", "info", "warn", "error"], "log must be debug, info, warn or error"), "info"),
});
