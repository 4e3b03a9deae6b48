// SPDX-License-Identifier: Apache-2.0
import {
  BROKER_LOST_ANNOTATION,
  CLUSTER_ID_LABEL,
  CREATED_AT_ANNOTATION,
  type Result,
  SOURCE_UID_ANNOTATION,
} from "@strait/model";
import { canonical } from "./canonical.ts";

/** An object of either API server, as far as copying goes. */
export interface SyncObject {
  readonly apiVersion?: string | undefined;
  readonly kind?: string | undefined;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string | undefined;
    readonly uid?: string | undefined;
    readonly resourceVersion?: string | undefined;
    readonly labels?: Readonly<Record<string, string>> | undefined;
    readonly annotations?: Readonly<Record<string, string>> | undefined;
    readonly creationTimestamp?: string | undefined;
    readonly deletionTimestamp?: string | undefined;
  };
}

/** The API server of the own cluster, or that of the broker. */
export type Side = "local" | "broker";

/** How one kind of objects is exchanged. */
export interface SyncRules {
  /** For people: "Endpoint". */
  readonly what: string;
  /** Members besides apiVersion, kind, metadata and status are copied; of these only. */
  readonly members: readonly string[];
  /** The cluster it says to be of; undefined where it says nothing. */
  owner(object: SyncObject): string | undefined;
  /** Whether a copy of it may be made here: another cluster wrote it. */
  check(object: SyncObject): Result<unknown>;
  /** Most bytes of one object as JSON. */
  readonly maxBytes: number;
  /** Whether a local object that was made anew is made anew on the broker: receivers compare ages. */
  readonly renew: boolean;
}

/** What is known of one name. */
export interface SyncPair {
  readonly local?: SyncObject | undefined;
  readonly broker?: SyncObject | undefined;
  /** Why an object of this name that is there cannot be read. */
  readonly localRefused?: string | undefined;
  readonly brokerRefused?: string | undefined;
  /** The broker lost what it held: that it has nothing of this name says nothing. */
  readonly lost?: boolean | undefined;
  /** Whether the broker has anything else of this kind that the copy's cluster wrote. */
  readonly spoken?: boolean | undefined;
}

/** What to do about one name. At most one write, or one and its opposite for `renew`. */
export type SyncStep =
  /** In step, or nothing that may be done: then `reason` says why. `kept`: a copy stays because the broker lost the original. */
  | { readonly do: "nothing"; readonly reason?: string; readonly kept?: true }
  /** Write `object`: over `over`, or create it. */
  | { readonly do: "put"; readonly side: Side; readonly object: SyncObject; readonly over?: SyncObject }
  /** Remove `over` and create `object` in its place. */
  | { readonly do: "renew"; readonly side: Side; readonly object: SyncObject; readonly over: SyncObject }
  /** Remove `over`, but not before what takes its place, if anything does, is there: `owner` is whose it was. */
  | { readonly do: "delete"; readonly side: Side; readonly over: SyncObject; readonly owner: string };

/** Who is who. */
export interface SyncSides {
  readonly clusterId: string;
  readonly namespace: string;
  readonly brokerNamespace: string;
}

/** Written by tools for themselves; it says nothing elsewhere. */
const NOT_COPIED = new Set([
  "kubectl.kubernetes.io/last-applied-configuration",
  SOURCE_UID_ANNOTATION,
  CREATED_AT_ANNOTATION,
  BROKER_LOST_ANNOTATION,
]);

const mark = (object: SyncObject): string | undefined => object.metadata.labels?.[CLUSTER_ID_LABEL];
const alive = (object: SyncObject | undefined): object is SyncObject =>
  object !== undefined && object.metadata.deletionTimestamp === undefined;

function content(object: SyncObject, { members }: SyncRules): Record<string, unknown> {
  const all = object as unknown as Readonly<Record<string, unknown>>;
  return Object.fromEntries(members.filter((name) => all[name] !== undefined).map((name) => [name, all[name]]));
}

/** What `says` the same needs no write. */
function says(object: SyncObject, rules: SyncRules): string {
  const { labels = {}, annotations = {} } = object.metadata;
  return canonical([labels, annotations, content(object, rules)]);
}

function copy(
  source: SyncObject,
  rules: SyncRules,
  namespace: string,
  add: { readonly labels: Readonly<Record<string, string>>; readonly annotations: Readonly<Record<string, string>> },
): SyncObject {
  const { name, labels, annotations = {} } = source.metadata;
  const kept = Object.fromEntries(Object.entries(annotations).filter(([key]) => !NOT_COPIED.has(key)));
  const { apiVersion, kind } = source;
  const metadata = { name, namespace, labels: { ...labels, ...add.labels }, annotations: { ...kept, ...add.annotations } };
  return { ...(apiVersion && { apiVersion }), ...(kind && { kind }), metadata, ...content(source, rules) };
}

/** The object over the one that is there: what we do not copy (uid, finalizers, a status) stays, and only this version of it is replaced. */
function over(there: SyncObject, wanted: SyncObject): SyncObject {
  const { labels, annotations } = wanted.metadata;
  return { ...there, ...wanted, metadata: { ...there.metadata, labels, annotations } };
}

function put(side: Side, wanted: SyncObject, there: SyncObject | undefined, rules: SyncRules): SyncStep {
  const bytes = new TextEncoder().encode(JSON.stringify(wanted)).length;
  if (bytes > rules.maxBytes) {
    return { do: "nothing", reason: `it has ${bytes} bytes and at most ${rules.maxBytes} are exchanged` };
  }
  if (!there) return { do: "put", side, object: wanted };
  if (says(there, rules) === says(wanted, rules)) return { do: "nothing" };
  return { do: "put", side, object: over(there, wanted), over: there };
}

/** Own objects go to the broker. What is there under the name must be ours. */
function push(local: SyncObject, { broker, brokerRefused }: SyncPair, rules: SyncRules, sides: SyncSides): SyncStep {
  const { clusterId, brokerNamespace } = sides;
  if (broker) {
    const owner = mark(broker) ?? rules.owner(broker);
    if (owner !== clusterId) {
      return {
        do: "nothing",
        reason: `the broker has one of cluster ${owner ?? "(unknown)"} under its name, which is left alone`,
      };
    }
    // On its way out: its end is news of its own.
    if (!alive(broker)) return { do: "nothing" };
  } else if (brokerRefused !== undefined) {
    return { do: "nothing", reason: `the broker has something unreadable under its name: ${brokerRefused}` };
  }
  const { uid } = local.metadata;
  const wanted = copy(local, rules, brokerNamespace, {
    labels: { [CLUSTER_ID_LABEL]: clusterId },
    annotations: uid && rules.renew ? { [SOURCE_UID_ANNOTATION]: uid } : {},
  });
  const source = broker?.metadata.annotations?.[SOURCE_UID_ANNOTATION];
  if (broker && rules.renew && uid && source !== undefined && source !== uid) {
    return { do: "renew", side: "broker", object: wanted, over: broker };
  }
  return put("broker", wanted, broker, rules);
}

/** Other clusters' objects come here. What is here under the name must be a copy of the same cluster's. */
function pull(broker: SyncObject, local: SyncObject | undefined, rules: SyncRules, sides: SyncSides): SyncStep {
  const { clusterId, namespace } = sides;
  const writer = mark(broker);
  if (writer === undefined) return { do: "nothing", reason: "no cluster's mark is on it, so nobody vouches for it" };
  const owner = rules.owner(broker);
  if (owner === clusterId) return { do: "nothing", reason: `cluster ${writer} wrote it and says that it is ours` };
  if (owner !== writer)
    return { do: "nothing", reason: `cluster ${writer} wrote it and says that it is of ${owner ?? "nobody"}` };
  if (local && (mark(local) ?? rules.owner(local)) !== writer) {
    return {
      do: "nothing",
      reason: `here is one of cluster ${mark(local) ?? rules.owner(local)} under its name, which is left alone`,
    };
  }
  const checked = rules.check(broker);
  if (!checked.ok) return { do: "nothing", reason: checked.reason };
  if (local && !alive(local)) return { do: "nothing" };
  const { creationTimestamp } = broker.metadata;
  const annotations = creationTimestamp ? { [CREATED_AT_ANNOTATION]: creationTimestamp } : {};
  return put("local", copy(broker, rules, namespace, { labels: {}, annotations }), local, rules);
}

/**
 * A copy of what the broker does not have. Its cluster removed it, unless the broker lost its data: then the copy is marked, so that
 * whoever leads next knows it too, and stays until the cluster wrote again.
 */
function orphan(local: SyncObject, owner: string, { broker, lost, spoken }: SyncPair): SyncStep {
  const { annotations = {} } = local.metadata;
  const kept = annotations[BROKER_LOST_ANNOTATION] !== undefined;
  if (broker || spoken || !(kept || lost)) return { do: "delete", side: "local", over: local, owner };
  if (kept) {
    const reason = `the broker lost it: it stays until cluster ${owner} writes there again, or until it is deleted here`;
    return { do: "nothing", reason, kept };
  }
  const metadata = { ...local.metadata, annotations: { ...annotations, [BROKER_LOST_ANNOTATION]: "true" } };
  return { do: "put", side: "local", object: { ...local, metadata }, over: local };
}

/**
 * What to do about one name, given what both API servers say about it. The labels are the memory: what carries another cluster's
 * mark here is a copy, what carries ours on the broker was pushed by us. So what vanished on one side while nobody looked
 * is removed from the other, and nothing that carries no mark of ours ever is.
 *
 * Only to be asked when both sides were read: a side that was not must not look empty.
 *
 * @example
 * const step = decideSync({ local, broker }, endpointRules, { clusterId: "east", namespace, brokerNamespace });
 */
export function decideSync(pair: SyncPair, rules: SyncRules, sides: SyncSides): SyncStep {
  const { clusterId } = sides;
  const { local, broker, localRefused, brokerRefused } = pair;
  const own = (object: SyncObject): boolean => (mark(object) ?? clusterId) === clusterId && rules.owner(object) === clusterId;
  if (alive(local) && own(local)) return push(local, pair, rules, sides);
  if (broker && mark(broker) === clusterId) {
    // Pushed by us. An object of ours that cannot be read, or something else of that name, is no sign that it is gone.
    if (localRefused !== undefined) return { do: "nothing", reason: `it cannot be read here: ${localRefused}` };
    return alive(broker) ? { do: "delete", side: "broker", over: broker, owner: clusterId } : { do: "nothing" };
  }
  if (alive(broker)) {
    if (localRefused !== undefined && !local) return { do: "nothing", reason: `it cannot be read here: ${localRefused}` };
    return pull(broker, local, rules, sides);
  }
  if (!alive(local)) return { do: "nothing" };
  const from = mark(local);
  if (from === undefined || from === clusterId) {
    return { do: "nothing", reason: `it is of cluster ${rules.owner(local) ?? "(unknown)"} and did not come through the broker` };
  }
  if (brokerRefused !== undefined) return { do: "nothing", reason: `the broker's cannot be read: ${brokerRefused}` };
  return orphan(local, from, pair);
}

/** Whether an object says what was wanted: a server may have cut what its definition does not know. */
export function saysSame(a: SyncObject, b: SyncObject, rules: SyncRules): boolean {
  return says(a, rules) === says(b, rules);
}
