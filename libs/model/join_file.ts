// SPDX-License-Identifier: Apache-2.0
import * as v from "valibot";
import { ok, type Result, refuse } from "./result.ts";

/** A Kubernetes Secret inside the join file, kept whole. Values of `data` are base64. */
export interface JoinSecret {
  readonly metadata: { readonly name: string; readonly namespace?: string | undefined; readonly [key: string]: unknown };
  readonly data: Readonly<Record<string, string>>;
  readonly [key: string]: unknown;
}

/** What a cluster needs in order to join: the content of broker-info.subm. */
export interface JoinFile {
  /** The broker's API server, with its scheme. */
  readonly brokerUrl: string;
  /** token, ca.crt and namespace of an account that may only join. */
  readonly clientToken: JoinSecret;
  /** The clusterset's pre-shared key, data key "psk". */
  readonly ipsecPsk?: JoinSecret | undefined;
  readonly serviceDiscovery: boolean;
  /** service-discovery, connectivity, globalnet. */
  readonly components: readonly string[];
  readonly customDomains: readonly string[];
}

/** What the client token says, decoded. */
export interface JoinCredentials {
  readonly token: string;
  /** PEM; absent where the system's authorities vouch for the broker. */
  readonly ca?: string;
  readonly namespace: string;
}

const secret = v.looseObject({
  metadata: v.looseObject({ name: v.string(), namespace: v.optional(v.string()) }),
  data: v.record(v.string(), v.string()),
});

const list = v.pipe(
  v.nullish(v.array(v.string()), []),
  v.transform((value) => value ?? []),
);

const schema = v.object({
  brokerurl: v.pipe(v.string(), v.nonEmpty("brokerURL is empty")),
  clienttoken: secret,
  ipsecpsk: v.nullish(secret),
  servicediscovery: v.nullish(v.boolean(), false),
  components: list,
  customdomains: list,
});

function decode64(text: string): string | undefined {
  try {
    const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
    return new TextDecoder("utf-8", { fatal: true }).decode(Uint8Array.from(binary, (c) => c.charCodeAt(0)));
  } catch {
    return undefined;
  }
}

function encode64(text: string): string {
  const bytes = new TextEncoder().encode(text);
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
}

/** Go's decoder does not look at capitals, and Submariner's own keys have them by accident (ClientToken, brokerURL). */
function lowerKeys(value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key.toLowerCase(), member]));
}

function withScheme(url: string): Result<string> {
  const full = url.includes("://") ? url : `https://${url}`;
  if (!URL.canParse(full) || !/^https?:$/.test(new URL(full).protocol)) {
    return refuse(`the join file names "${url.slice(0, 200)}" as broker, which is no address of an API server`);
  }
  return ok(full.replace(/\/+$/, ""));
}

/** The token, the authority and the namespace that the client token carries. */
export function joinCredentials(file: JoinFile): Result<JoinCredentials> {
  const read = (key: string): string | undefined => decode64(file.clientToken.data[key] ?? "");
  const token = read("token");
  if (!token) return refuse("the join file's client token has no readable token: make the file anew on the broker");
  const namespace = read("namespace");
  if (!namespace) return refuse("the join file's client token names no namespace: make the file anew on the broker");
  const ca = read("ca.crt");
  if (ca === undefined) return refuse("the join file's ca.crt is no base64: make the file anew on the broker");
  return ok({ token, namespace, ...(ca !== "" && { ca }) });
}

/**
 * Reads broker-info.subm: base64url of a JSON object, with or without padding and line ends, keys in any capitals. Total:
 * gives the content, of which the credentials are known to be readable, or a reason.
 *
 * @example
 * const parsed = parseJoinFile(await Bun.file("broker-info.subm").text());
 */
export function parseJoinFile(text: string): Result<JoinFile> {
  const whole = decode64(text.replace(/\s+/g, ""));
  if (whole === undefined || whole === "")
    return refuse("the join file is no base64: give the broker-info.subm that deploy-broker wrote");
  let plain: unknown;
  try {
    plain = JSON.parse(whole);
  } catch {
    return refuse(
      "the join file is cut off, or none at all: it holds no JSON; give the whole broker-info.subm that deploy-broker wrote",
    );
  }
  const shaped = v.safeParse(schema, lowerKeys(plain), { abortEarly: true });
  if (!shaped.success) {
    const { path, message } = shaped.issues[0];
    return refuse(`the join file is malformed: ${path?.map((item) => String(item.key)).join(".") ?? "content"}: ${message}`);
  }
  const { brokerurl, clienttoken, ipsecpsk, servicediscovery, components, customdomains } = shaped.output;
  const brokerUrl = withScheme(brokerurl);
  if (!brokerUrl.ok) return brokerUrl;
  const file: JoinFile = {
    brokerUrl: brokerUrl.value,
    clientToken: clienttoken,
    ...(ipsecpsk && { ipsecPsk: ipsecpsk }),
    serviceDiscovery: servicediscovery ?? false,
    components,
    customDomains: customdomains,
  };
  const credentials = joinCredentials(file);
  return credentials.ok ? ok(file) : credentials;
}

/** Writes broker-info.subm with the keys Submariner's own subctl writes, so that it can join with it. One line, no line end. */
export function formatJoinFile(file: JoinFile): string {
  const json = JSON.stringify({
    brokerURL: file.brokerUrl,
    ClientToken: file.clientToken,
    IPSecPSK: file.ipsecPsk ?? null,
    ServiceDiscovery: file.serviceDiscovery,
    Components: file.components,
    CustomDomains: file.customDomains,
  });
  return encode64(json).replaceAll("+", "-").replaceAll("/", "_");
}
