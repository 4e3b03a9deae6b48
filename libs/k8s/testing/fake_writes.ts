// SPDX-License-Identifier: Apache-2.0
import { objectKey } from "../kube_object.ts";
import { type FakeObjects, fakeKey, type RawObject } from "./fake_objects.ts";
import { mergeInto } from "./merge_into.ts";

/** A call that an API server refuses. */
export class FakeRefusal extends Error {
  readonly code: number;
  readonly reason: string;

  constructor(code: number, reason: string, message: string) {
    super(message);
    this.code = code;
    this.reason = reason;
  }
}

/** One call about one object. */
export interface FakeWrite {
  readonly method: string;
  readonly namespace?: string | undefined;
  readonly name?: string | undefined;
  readonly body?: unknown;
  /** Whether the object is made where it is not there (server-side apply). */
  readonly apply?: boolean;
}

/**
 * Does what an API server does with a call about one object, as far as conflicts, uids and versions go. A JSON patch changes nothing; an
 * apply is taken for a merge patch.
 *
 * @throws FakeRefusal
 */
export function fakeWrite(objects: FakeObjects, write: FakeWrite): { readonly code: number; readonly object: RawObject } {
  const body = write.body as RawObject | undefined;
  const namespace = write.namespace ?? body?.metadata?.namespace;
  const name = write.name ?? body?.metadata?.name ?? "";
  const key = objectKey(namespace, name);
  const live = objects.get(key);
  const create = () => {
    const metadata = { ...body?.metadata, name, ...(namespace && { namespace }) };
    return { code: 201, object: objects.put({ ...body, metadata }) };
  };
  if (write.method === "POST") {
    if (live) throw new FakeRefusal(409, "AlreadyExists", `"${key}" already exists`);
    return create();
  }
  if (!live) {
    if (write.apply) return create();
    throw new FakeRefusal(404, "NotFound", `"${key}" not found`);
  }
  if (write.method !== "GET") checkVersion(live, write);
  return { code: 200, object: changed(objects, live, write) };
}

function checkVersion(live: RawObject, { method, body }: FakeWrite): void {
  const given = body as { metadata?: RawObject["metadata"]; preconditions?: RawObject["metadata"] } | undefined;
  const wanted = method === "DELETE" ? given?.preconditions : given?.metadata;
  const stale = wanted?.resourceVersion !== undefined && wanted.resourceVersion !== live.metadata.resourceVersion;
  const other = wanted?.uid !== undefined && wanted.uid !== live.metadata.uid;
  if (stale || other) throw new FakeRefusal(409, "Conflict", "the object has been modified");
}

function changed(objects: FakeObjects, live: RawObject, { method, body }: FakeWrite): RawObject {
  switch (method) {
    case "DELETE":
      return objects.delete(fakeKey(live)) ?? live;
    case "PUT":
      return objects.put(body as RawObject);
    case "PATCH":
      return Array.isArray(body) ? live : objects.put(mergeInto(live, body) as RawObject);
    default:
      return live;
  }
}
