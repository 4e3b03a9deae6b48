// SPDX-License-Identifier: Apache-2.0
import { createPrivateKey, generateKeyPairSync, type KeyObject, X509Certificate } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isAddress, issue, issueAuthority, type KeyPair } from "./issue.ts";

const AUTHORITY = "ca";
const DAY_MS = 86_400_000;
const AUTHORITY_DAYS = 3650;
const LEAF_DAYS = 365;

/** Keys and certificates of one API server, as they lie in its data folder. */
export interface Identity {
  /** PEM of the authority; clients trust it. */
  readonly ca: string;
  readonly server: KeyPair;
  /** The administrator's client certificate (group system:masters). */
  readonly admin: KeyPair;
  /** Signs ServiceAccount tokens (ECDSA P-256). */
  readonly tokenKey: KeyObject;
  /** Signs a client certificate, for example one of a lab node. */
  client(commonName: string, organizations: readonly string[], days?: number): Promise<KeyPair>;
}

function write(path: string, text: string): void {
  writeFileSync(`${path}.new`, text, { mode: 0o600, flush: true });
  renameSync(`${path}.new`, path);
}

function readPair(dir: string, name: string): KeyPair | undefined {
  const [cert, key] = [join(dir, `${name}.crt`), join(dir, `${name}.key`)];
  // Only a hand can do that: keys are written first.
  if (name === AUTHORITY && existsSync(cert) && !existsSync(key))
    throw new Error(
      `${key} is gone: put it back from a backup, since a new authority would lock out everybody who trusts ${cert}`,
    );
  if (!existsSync(cert) || !existsSync(key)) return undefined;
  return { cert: readFileSync(cert, "utf8"), key: readFileSync(key, "utf8") };
}

function writePair(dir: string, name: string, pair: KeyPair): KeyPair {
  // The key first: a certificate without its key would look complete after a crash between the two.
  write(join(dir, `${name}.key`), pair.key);
  write(join(dir, `${name}.crt`), pair.cert);
  return pair;
}

/** Whether a pair belongs together, was signed by the authority, covers the names and has more than a third of its life ahead. */
function usable(pair: KeyPair | undefined, ca: string, names: readonly string[], now: number): pair is KeyPair {
  if (!pair) return false;
  const cert = new X509Certificate(pair.cert);
  const [from, to] = [Date.parse(cert.validFrom), Date.parse(cert.validTo)];
  if (now < from || now > to - (to - from) / 3) return false;
  if (!cert.checkPrivateKey(createPrivateKey(pair.key)) || !cert.verify(new X509Certificate(ca).publicKey)) return false;
  return names.every((name) => (isAddress(name) ? cert.checkIP(name) : cert.checkHost(name)) !== undefined);
}

/**
 * Reads the identity of an API server from its data folder and makes what is missing, does not cover the names, or has less than a
 * third of its life ahead. The authority is made once: a new one would lock out everybody who trusts the old.
 *
 * @param names DNS names and addresses under which clients reach the server.
 * @param now milliseconds since 1970.
 * @throws Error where the authority's key is gone, or a file cannot be read or written.
 */
export async function identityFiles(dir: string, names: readonly string[], now: number): Promise<Identity> {
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const from = new Date(now - DAY_MS); // clocks of clients may be behind
  const authority =
    readPair(dir, AUTHORITY) ??
    writePair(dir, AUTHORITY, await issueAuthority("strait-apiserver", from, new Date(now + AUTHORITY_DAYS * DAY_MS)));
  const leaf = (commonName: string, more: { organizations?: readonly string[]; names?: readonly string[] }, days = LEAF_DAYS) =>
    issue(authority, { commonName, ...more, notBefore: from, notAfter: new Date(now + days * DAY_MS) });
  const found = readPair(dir, "server");
  const server = usable(found, authority.cert, names, now)
    ? found
    : writePair(dir, "server", await leaf("kube-apiserver", { names }));
  const known = readPair(dir, "admin");
  const admin = usable(known, authority.cert, [], now)
    ? known
    : writePair(dir, "admin", await leaf("system:admin", { organizations: ["system:masters"] }));
  return {
    ca: authority.cert,
    server,
    admin,
    tokenKey: tokenKey(join(dir, "tokens.key")),
    client: (commonName, organizations, days) => leaf(commonName, { organizations }, days),
  };
}

function tokenKey(path: string): KeyObject {
  if (!existsSync(path)) {
    const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    write(path, privateKey.export({ type: "pkcs8", format: "pem" }).toString());
  }
  return createPrivateKey(readFileSync(path, "utf8"));
}
