// SPDX-License-Identifier: Apache-2.0
import { join } from "node:path";
import { type Connection, TokenFile } from "@strait/k8s";
import { BROKER_NAMESPACE, ok, type Result, refuse } from "@strait/model";

/** Where Kubernetes mounts the broker's Secret. */
const SECRETS = "/run/secrets/submariner.io";

/** The broker and the namespace on it where the clusters meet. */
export interface BrokerAccess {
  readonly connection: Connection;
  readonly namespace: string;
}

/**
 * The broker as Submariner's variables describe it: BROKER_K8S_APISERVER (host:port, or a URL), _REMOTENAMESPACE, _CA (base64 of
 * PEM), _INSECURE, and the credential: the files of the mounted Secret BROKER_K8S_SECRET (token, ca.crt), looked at before every
 * request, so that a new token is used as soon as it is there; else BROKER_K8S_APISERVERTOKEN. Undefined where no broker is named.
 *
 * @example
 * brokerAccess({ BROKER_K8S_APISERVER: "172.31.0.5:6443", BROKER_K8S_APISERVERTOKEN: token, BROKER_K8S_CA: base64 })
 */
export function brokerAccess(
  env: Readonly<Record<string, string | undefined>>,
  secrets = SECRETS,
): Result<BrokerAccess | undefined> {
  const server = env["BROKER_K8S_APISERVER"];
  if (!server) return ok(undefined);
  const url = /^https?:\/\//.test(server) ? server : `https://${server}`;
  if (!URL.canParse(url)) return refuse(`BROKER_K8S_APISERVER "${server.slice(0, 80)}" is no host:port`);
  const secret = env["BROKER_K8S_SECRET"];
  if (secret && !/^[a-z0-9]([-.a-z0-9]*[a-z0-9])?$/.test(secret)) return refuse("BROKER_K8S_SECRET is no name of a Secret");
  const given = readCa(env["BROKER_K8S_CA"]);
  if (!given.ok) return given;
  const token = env["BROKER_K8S_APISERVERTOKEN"];
  if (!secret && !token)
    return refuse("there is no credential for the broker: set BROKER_K8S_SECRET or BROKER_K8S_APISERVERTOKEN");
  const file = (name: string): TokenFile | undefined => (secret ? new TokenFile(join(secrets, secret, name)) : undefined);
  const [tokenFile, caFile] = [file("token"), file("ca.crt")];
  const insecure = env["BROKER_K8S_INSECURE"] === "true";
  const connection: Connection = {
    server: url.replace(/\/+$/, ""),
    get tls() {
      const ca = given.value ?? readable(caFile);
      return { ...(ca !== undefined && { ca }), ...(insecure && { insecure }) };
    },
    token: async () => readable(tokenFile) ?? token ?? tokenFile?.read(),
    origin: secret ? `the broker's Secret ${secret}` : "the broker's variables",
  };
  return ok({ connection, namespace: env["BROKER_K8S_REMOTENAMESPACE"] || BROKER_NAMESPACE });
}

function readCa(text: string | undefined): Result<string | undefined> {
  if (!text) return ok(undefined);
  // Submariner writes base64 of PEM; PEM itself is plain enough to take as well.
  const pem = text.includes("-----BEGIN") ? text : Buffer.from(text, "base64").toString("latin1");
  return pem.includes("-----BEGIN CERTIFICATE-----")
    ? ok(pem)
    : refuse("BROKER_K8S_CA holds no certificate: it is base64 of PEM");
}

/** The file's text; undefined where there is no such file or it was never readable. */
function readable(file: TokenFile | undefined): string | undefined {
  try {
    return file?.read() || undefined;
  } catch {
    return undefined; // The other source is used, or the caller reads once more to say why there is none.
  }
}
