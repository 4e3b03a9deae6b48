// SPDX-License-Identifier: Apache-2.0
import { parseStored } from "../kinds/api_object.ts";
import { change, discard } from "../resources/internal.ts";
import type { Api } from "../resources/scope.ts";
import type { Change, StoredObject } from "../store/stored_object.ts";
import { KeyedWorker } from "./keyed_worker.ts";

const FOREGROUND = "foregroundDeletion";
const ORPHAN = "orphan";

/** Keys: `dead UID` (an owner went), `held UID` (an owner waits for its dependents), `born UID` (a dependent came). */
function keysOf({ type, body, old }: Change): string[] {
  if (!body.includes('"ownerReferences"') && !body.includes('"deletionTimestamp"') && type !== "DELETED") return [];
  const { uid = "", ownerReferences = [], deletionTimestamp, finalizers = [] } = parseStored({ body }).metadata;
  const keys: string[] = [];
  if (type === "DELETED") {
    keys.push(`dead ${uid}`);
    for (const owner of ownerReferences) keys.push(`held ${owner.uid}`);
  } else {
    if (deletionTimestamp && (finalizers.includes(FOREGROUND) || finalizers.includes(ORPHAN))) keys.push(`held ${uid}`);
    if (ownerReferences.length > 0) keys.push(`born ${uid}`);
  }
  // A dependent that lets go of its owner may be the last one that the owner waits for.
  if (type === "MODIFIED" && old?.includes('"ownerReferences"')) {
    for (const owner of parseStored({ body: old }).metadata.ownerReferences ?? []) keys.push(`held ${owner.uid}`);
  }
  return keys;
}

/** Deletes objects whose owners are all gone, and carries out foreground and orphan deletions. */
export function garbageController(api: Api): KeyedWorker {
  const worker = new KeyedWorker({
    name: "garbage",
    store: api.store,
    log: api.log,
    keysOf,
    handle: (key) => {
      const [what, uid = ""] = key.split(" ");
      if (what === "dead") for (const dependent of api.store.ownedBy(uid)) collect(api, dependent);
      const found = what === "dead" ? undefined : api.store.byUid(uid);
      if (!found) return;
      if (what === "born") collect(api, found);
      else release(api, found, uid);
    },
  });
  // A crash may have come between a deletion and the work that follows from it.
  worker.add(...api.store.missingOwners().map((uid) => `dead ${uid}`));
  worker.add(...api.store.maybeDeleting().map((uid) => `held ${uid}`));
  return worker;
}

/** Deletes a dependent that has owners, none of which exists; else the references to those that do not exist go. */
function collect(api: Api, dependent: StoredObject): void {
  const { ownerReferences = [], uid = "", deletionTimestamp } = parseStored(dependent).metadata;
  if (ownerReferences.length === 0 || deletionTimestamp) return;
  const lives = (ownerUid: string) => {
    const owner = api.store.byUid(ownerUid);
    // An owner in another namespace is none.
    return owner !== undefined && (owner.namespace === "" || owner.namespace === dependent.namespace);
  };
  const dead = ownerReferences.filter((owner) => !lives(owner.uid));
  if (dead.length === ownerReferences.length) discard(api, dependent, { uid, propagation: "Background" });
  else if (dead.length > 0) {
    change(api, dependent, (object) => {
      object.metadata.ownerReferences = ownerReferences.filter((owner) => !dead.includes(owner));
    });
  }
}

/** Carries on with the deletion of an owner that waits for its dependents. */
function release(api: Api, owner: StoredObject, uid: string): void {
  const { finalizers = [], deletionTimestamp } = parseStored(owner).metadata;
  if (!deletionTimestamp) return;
  const drop = (name: string) => {
    change(api, owner, (object) => {
      object.metadata.finalizers = (object.metadata.finalizers ?? []).filter((one) => one !== name);
    });
  };
  const dependents = api.store.ownedBy(uid);
  if (finalizers.includes(ORPHAN)) {
    for (const dependent of dependents) {
      change(api, dependent, (object) => {
        object.metadata.ownerReferences = (object.metadata.ownerReferences ?? []).filter((one) => one.uid !== uid);
        if (object.metadata.ownerReferences.length === 0) delete object.metadata.ownerReferences;
      });
    }
    drop(ORPHAN);
    return;
  }
  if (!finalizers.includes(FOREGROUND)) return;
  let blocked = false;
  for (const dependent of dependents) {
    const { ownerReferences = [], uid: own = "", deletionTimestamp: going } = parseStored(dependent).metadata;
    if (ownerReferences.some((one) => one.uid === uid && one.blockOwnerDeletion === true)) blocked = true;
    const others = ownerReferences.some((one) => one.uid !== uid && api.store.byUid(one.uid));
    if (!going && !others) discard(api, dependent, { uid: own, propagation: "Foreground" });
  }
  if (!blocked || api.store.ownedBy(uid).length === 0) drop(FOREGROUND);
}
