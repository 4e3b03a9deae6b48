// SPDX-License-Identifier: Apache-2.0
import { ok, type Result, refuse } from "@strait/model";
import { memberAccount } from "./broker_objects.ts";

/** The label that says whose an object is (reference §1.6). */
const OWNER = "submariner-io/clusterID";
/** The label of an EndpointSlice that receivers read its cluster from. */
const SOURCE = "multicluster.kubernetes.io/source-cluster";
/** Annotation of a ServiceImport: since when a cluster exports the Service. */
const TIMESTAMP = "timestamp.submariner.io/";

type Members = Readonly<Record<string, unknown>>;

/** A write of a member that is about to happen. */
export interface MemberWrite {
  readonly group: string;
  readonly plural: string;
  /** Of the object; also where it was generated. */
  readonly name: string;
  /** The state to be written; absent for a deletion. */
  readonly object?: object | undefined;
  /** The state before; absent for a creation. */
  readonly old?: object | undefined;
}

/**
 * The member that a user of a broker is: the `<id>` of `system:serviceaccount:<namespace>:cluster-<id>`; undefined for others.
 *
 * @example memberOf("system:serviceaccount:submariner-k8s-broker:cluster-east", "submariner-k8s-broker") // "east"
 */
export function memberOf(user: string, namespace: string): string | undefined {
  const prefix = `system:serviceaccount:${namespace}:${memberAccount("")}`;
  return user.startsWith(prefix) && user.length > prefix.length ? user.slice(prefix.length) : undefined;
}

/**
 * Whether a member of a broker may make a write: it may create, change and remove its own Cluster, its own Endpoints and
 * EndpointSlices, and its own part of ServiceImports, and nothing else. `memberPolicies` says the same to a Kubernetes API server.
 *
 * @param id the member's cluster id.
 */
export function memberMayWrite(id: string, write: MemberWrite): Result<undefined> {
  const kind = `${write.group}/${write.plural}`;
  if (!Object.hasOwn(rules, kind)) return refuse(`cluster ${id} may not write ${write.plural}`);
  const fault = ties(write) ?? rules[kind as keyof typeof rules](id, write);
  return fault === undefined ? ok(undefined) : refuse(fault);
}

/** How each kind that members exchange is owned; a sentence says what is wrong. */
const rules = {
  "submariner.io/clusters": (id: string, { name, object, old }: MemberWrite) => {
    const is = (value: object | undefined) => value === undefined || (name === id && member(value, "spec")["cluster_id"] === id);
    if (!is(old) || !is(object)) return `cluster ${id} may write the Cluster ${id} only`;
    return labelled(id, object);
  },
  "submariner.io/endpoints": (id: string, { name, object, old }: MemberWrite) => {
    // The rest behind the prefix is an address: so no name of one cluster is ever that of another, whose id may start the same.
    const prefix = `${id}-submariner-cable-${id}-`;
    const named = name.startsWith(prefix) && /^[0-9a-fv.-]+$/.test(name.slice(prefix.length));
    const is = (value: object | undefined) => {
      if (value === undefined) return true;
      const { cluster_id: cluster, cable_name: cable } = member(value, "spec");
      return cluster === id && typeof cable === "string" && cable.startsWith(`submariner-cable-${id}-`);
    };
    if (!named || !is(old) || !is(object))
      return `cluster ${id} may write its own Endpoints only: their names start with ${prefix} and an address follows`;
    return labelled(id, object);
  },
  "discovery.k8s.io/endpointslices": (id: string, { object, old }: MemberWrite) => {
    const source = object === undefined ? undefined : labels(object)[SOURCE];
    if (source !== undefined && source !== id)
      return `cluster ${id} may not say that an EndpointSlice comes from cluster ${String(source)}`;
    return labelled(id, old) ?? labelled(id, object);
  },
  "multicluster.x-k8s.io/serviceimports": (id: string, { object, old }: MemberWrite) => {
    const [before, after] = [contributions(id, old), contributions(id, object)];
    const shared = before.others.length > 0;
    if (object === undefined)
      return shared ? `cluster ${id} may not remove a ServiceImport that other clusters contribute to` : undefined;
    if (JSON.stringify(before.others) !== JSON.stringify(after.others))
      return `cluster ${id} may change its own part of status.clusters and its own annotation ${TIMESTAMP}${id} only`;
    if (!after.mine && !before.mine && (old === undefined || shared))
      return `cluster ${id} may not write a ServiceImport that it does not contribute to: set the annotation ${TIMESTAMP}${id}`;
    const fixed = (value: object | undefined) =>
      JSON.stringify([member(value, "spec")["type"] ?? "", member(value, "spec")["ips"] ?? []]);
    if (shared && fixed(old) !== fixed(object))
      return `cluster ${id} may not change type and ips of a ServiceImport that other clusters contribute to`;
    return undefined;
  },
} as const;

const isMembers = (value: unknown): value is Members => typeof value === "object" && value !== null && !Array.isArray(value);

function member(value: unknown, name: string): Members {
  const found = isMembers(value) ? value[name] : undefined;
  return isMembers(found) ? found : {};
}

const labels = (object: object): Members => member(member(object, "metadata"), "labels");

function labelled(id: string, object: object | undefined): string | undefined {
  return object === undefined || labels(object)[OWNER] === id
    ? undefined
    : `cluster ${id} may write objects with the label ${OWNER}=${id} only`;
}

/** Who takes part in a ServiceImport, by its status and annotations: the others sorted, with what they say. */
function contributions(id: string, object: object | undefined): { readonly mine: boolean; readonly others: readonly string[] } {
  const entries = Object.entries(member(member(object, "metadata"), "annotations")).filter(([key]) => key.startsWith(TIMESTAMP));
  const list = member(object, "status")["clusters"];
  const clusters = Array.isArray(list) ? list : [];
  const others = [
    ...entries.flatMap(([key, value]) => (key === TIMESTAMP + id ? [] : [`${key}=${String(value)}`])),
    ...clusters.flatMap((one: unknown) => (isMembers(one) && one["cluster"] === id ? [] : [JSON.stringify(one)])),
  ];
  const mine =
    entries.some(([key]) => key === TIMESTAMP + id) || clusters.some((one: unknown) => isMembers(one) && one["cluster"] === id);
  return { mine, others: others.sort() };
}

/**
 * A member may not add what makes an object go or stay against others' will: an owner, whose absence removes the object, and a
 * finalizer, which keeps it.
 */
function ties({ object, old }: MemberWrite): string | undefined {
  for (const name of ["ownerReferences", "finalizers"]) {
    const list = (value: object | undefined) => {
      const found = member(value, "metadata")[name];
      return Array.isArray(found) ? found.map((one) => JSON.stringify(one)) : [];
    };
    const before = list(old);
    if (list(object).some((one) => !before.includes(one))) return `a cluster may not add ${name} on the broker`;
  }
  return undefined;
}
