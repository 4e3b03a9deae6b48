// SPDX-License-Identifier: Apache-2.0
import { type Address, addressBits, addressOf, type Cidr, contains, formatAddress, parseAddress, parseCidr } from "@strait/model";
import { type Cause, invalid, invalidValue, required } from "../../http/status_error.ts";
import type { JsonObject } from "../../patch/mod.ts";
import type { Api } from "../../resources/scope.ts";
import { type ApiObject, objects, parseStored, section, sectionIn, text, texts } from "../api_object.ts";
import { fill } from "./defaulting.ts";
import { isPort, protocolFaults } from "./ports.ts";
import type { Strategy } from "./strategy.ts";

/** The ranges are what the ServiceCIDR object says, as on a server that has no flags. */
function ranges(api: Api): Cidr[] {
  const stored = api.store.get({ resource: "servicecidrs.networking.k8s.io", namespace: "", name: "kubernetes" });
  if (!stored) return [];
  return texts(section(parseStored(stored), "spec")["cidrs"]).flatMap((one) => {
    const parsed = parseCidr(one);
    return parsed.ok ? [parsed.value] : [];
  });
}

function taken(api: Api): Set<string> {
  return new Set(
    api.store.list({ resource: "services" }).flatMap((one) => texts(section(parseStored(one), "spec")["clusterIPs"])),
  );
}

function nth({ address, prefixLength }: Cidr, index: bigint): Address | undefined {
  const size = 1n << BigInt(addressBits(address.family) - prefixLength);
  return index > 0n && index < size - (address.family === 4 ? 1n : 0n)
    ? addressOf(address.family, address.value + index)
    : undefined;
}

/** A free address: a random one, so that one just given up is not given to somebody else at once. */
function free(range: Cidr, used: ReadonlySet<string>): string | undefined {
  const bits = Math.min(addressBits(range.address.family) - range.prefixLength, 30);
  const size = 2 ** bits;
  const start = Math.floor(Math.random() * size);
  for (let step = 0; step < size; step++) {
    const index = (start + step) % size;
    // 0 is the network, 1 the Service of the API server itself.
    const candidate = index > 1 ? nth(range, BigInt(index)) : undefined;
    if (candidate && !used.has(formatAddress(candidate))) return formatAddress(candidate);
  }
  return undefined;
}

function allocate(object: ApiObject, api: Api): void {
  const spec = sectionIn(object, "spec");
  if (spec["type"] === "ExternalName") return;
  const all = ranges(api);
  const [primary] = all;
  if (!primary) return;
  const asked =
    texts(spec["clusterIPs"]).length > 0 ? texts(spec["clusterIPs"]) : texts([spec["clusterIP"] ?? ""]).filter(Boolean);
  const headless = asked[0] === "None";
  const name = (family: 4 | 6) => `IPv${family}`;
  const known = texts(spec["ipFamilies"]);
  const policy = text(spec["ipFamilyPolicy"]) || (known.length > 1 ? "RequireDualStack" : "SingleStack");
  const first = known[0] ?? askedFamily(asked[0]) ?? name(primary.address.family);
  const families = [first];
  const second = all.map(({ address }) => name(address.family)).find((family) => family !== first);
  if (policy !== "SingleStack" && second) families.push(second);
  if (policy === "RequireDualStack" && !second)
    fail(object, invalidValue("spec.ipFamilyPolicy", policy, "this cluster is not configured for dual-stack services"));
  spec["ipFamilies"] = families;
  spec["ipFamilyPolicy"] = policy;
  if (headless) {
    spec["clusterIP"] = "None";
    spec["clusterIPs"] = ["None"];
    return;
  }
  const used = taken(api);
  const addresses = families.map((family, index) => {
    const range = all.find(({ address }) => name(address.family) === family);
    if (!range) return fail(object, invalidValue(`spec.ipFamilies[${index}]`, family, "not configured on this cluster"));
    const wanted = asked[index];
    if (wanted === undefined) {
      const given = free(range, used);
      return given ?? fail(object, invalidValue("spec.clusterIPs", [], "failed to allocate IP: range is full"));
    }
    const parsed = parseAddress(wanted);
    if (!parsed.ok || !contains(range, parsed.value))
      return fail(
        object,
        invalidValue(
          "spec.clusterIPs",
          asked,
          `failed to allocate IP ${wanted}: the provided network does not match the current range`,
        ),
      );
    if (used.has(wanted))
      return fail(
        object,
        invalidValue("spec.clusterIPs", asked, `failed to allocate IP ${wanted}: provided IP is already allocated`),
      );
    return wanted;
  });
  spec["clusterIP"] = addresses[0] ?? "";
  spec["clusterIPs"] = addresses;
}

function askedFamily(address: string | undefined): string | undefined {
  const parsed = address === undefined ? undefined : parseAddress(address);
  return parsed?.ok ? `IPv${parsed.value.family}` : undefined;
}

function fail(object: ApiObject, cause: Cause): never {
  throw invalid("", "Service", object.metadata.name, [cause]);
}

export const service: Strategy = {
  defaults(object) {
    const spec = sectionIn(object, "spec");
    fill(spec, { type: "ClusterIP", sessionAffinity: "None" });
    if (spec["type"] !== "ExternalName") fill(spec, { internalTrafficPolicy: "Cluster" });
    if (spec["type"] === "NodePort" || spec["type"] === "LoadBalancer") fill(spec, { externalTrafficPolicy: "Cluster" });
    for (const port of objects(spec["ports"])) {
      fill(port, { protocol: "TCP" });
      if (port["targetPort"] === undefined || port["targetPort"] === "") port["targetPort"] = port["port"] ?? 0;
    }
  },
  create(object, api) {
    object["status"] = { loadBalancer: {} };
    allocate(object, api);
  },
  update(object, old, api) {
    const [spec, was] = [sectionIn(object, "spec"), section(old, "spec")];
    const kept: JsonObject = {};
    for (const name of ["clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy"])
      if (was[name] !== undefined) kept[name] = was[name];
    fill(spec, kept as Record<string, never>);
    if (was["type"] === "ExternalName" && spec["type"] !== "ExternalName") allocate(object, api);
  },
  validate(object, old) {
    const [spec, was] = [section(object, "spec"), old && section(old, "spec")];
    const causes: Cause[] = [];
    const ports = objects(spec["ports"]);
    if (ports.length === 0 && spec["clusterIP"] !== "None" && spec["type"] !== "ExternalName")
      causes.push(required("spec.ports"));
    ports.forEach((port, index) => {
      const number = port["port"];
      if (number === undefined || !isPort(number))
        causes.push(invalidValue(`spec.ports[${index}].port`, number ?? 0, "must be between 1 and 65535, inclusive"));
      causes.push(...protocolFaults(port["protocol"], `spec.ports[${index}].protocol`));
      if (ports.length > 1 && !text(port["name"])) causes.push(required(`spec.ports[${index}].name`));
    });
    if (was && was["type"] !== "ExternalName" && spec["type"] !== "ExternalName" && spec["clusterIP"] !== was["clusterIP"]) {
      causes.push(invalidValue("spec.clusterIPs[0]", spec["clusterIPs"] ?? [], "may not change once set"));
    }
    return causes;
  },
};
