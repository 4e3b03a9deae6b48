// SPDX-License-Identifier: Apache-2.0
import { isObject, type Json, type JsonObject } from "../patch/mod.ts";

export interface OwnerReference extends JsonObject {
  apiVersion: string;
  kind: string;
  name: string;
  uid: string;
  controller?: boolean;
  blockOwnerDeletion?: boolean;
}

/** metadata of an object that passed `readObject`. */
export interface Meta extends JsonObject {
  name: string;
  generateName?: string;
  namespace?: string;
  uid?: string;
  resourceVersion?: string;
  generation?: number;
  creationTimestamp?: string;
  deletionTimestamp?: string;
  deletionGracePeriodSeconds?: number;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  finalizers?: string[];
  ownerReferences?: OwnerReference[];
  managedFields?: Json[];
}

/** An object of the API. Everything but its head is data that the type's own rules look at. */
export interface ApiObject extends JsonObject {
  apiVersion: string;
  kind: string;
  metadata: Meta;
}

/** Reads an object of the store. */
export function parseStored({ body }: { readonly body: string }): ApiObject {
  return JSON.parse(body) as ApiObject;
}

/** A member that is an object; an empty one, not put in, where there is none. */
export function section(object: JsonObject, name: string): JsonObject {
  const found = object[name];
  return isObject(found) ? found : {};
}

/** A member that is an object, put in where there is none. */
export function sectionIn(object: JsonObject, name: string): JsonObject {
  const found = object[name];
  if (isObject(found)) return found;
  const made: JsonObject = {};
  object[name] = made;
  return made;
}

/** A member that is a list of objects; empty where it is not. */
export function objects(value: Json | undefined): JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

export function text(value: Json | undefined): string {
  return typeof value === "string" ? value : "";
}

/** The members of a list that are texts. */
export function texts(value: Json | undefined): string[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === "string") : [];
}

/** A time as the API writes it: seconds, UTC. */
export function timestamp(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}
