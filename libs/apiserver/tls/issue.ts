// SPDX-License-Identifier: Apache-2.0
import type { X509CertificateGenerator } from "@peculiar/x509";

/** A certificate with its private key, both PEM. */
export interface KeyPair {
  readonly cert: string;
  readonly key: string;
}

/** What a certificate is to say. */
export interface Subject {
  readonly commonName: string;
  readonly organizations?: readonly string[];
  /** DNS names and addresses of a server; without any it is a client's certificate. */
  readonly names?: readonly string[];
  readonly notBefore: Date;
  readonly notAfter: Date;
}

const ALGORITHM = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;
const SERVER_AUTH = "1.3.6.1.5.5.7.3.1";
const CLIENT_AUTH = "1.3.6.1.5.5.7.3.2";

/** The certificate library is loaded when something is issued: most starts issue nothing and need not carry it in memory. */
async function library(): Promise<typeof import("@peculiar/x509")> {
  await import("@abraham/reflection");
  return await import("@peculiar/x509");
}

async function newKeys(): Promise<CryptoKeyPair> {
  return (await crypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"])) as CryptoKeyPair;
}

async function keyPem(key: CryptoKey): Promise<string> {
  const { PemConverter } = await library();
  return `${PemConverter.encode(await crypto.subtle.exportKey("pkcs8", key), "PRIVATE KEY")}\n`;
}

function serial(): string {
  return `00${crypto.randomUUID().replaceAll("-", "").slice(0, 30)}`;
}

/** Makes an authority that signs others. */
export async function issueAuthority(commonName: string, notBefore: Date, notAfter: Date): Promise<KeyPair> {
  const x509 = await library();
  const keys = await newKeys();
  const { keyCertSign, cRLSign, digitalSignature } = x509.KeyUsageFlags;
  const cert = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: serial(),
    name: [{ CN: [commonName] }],
    notBefore,
    notAfter,
    signingAlgorithm: ALGORITHM,
    keys,
    extensions: [
      new x509.BasicConstraintsExtension(true, undefined, true),
      new x509.KeyUsagesExtension(keyCertSign | cRLSign | digitalSignature, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { cert: `${cert.toString("pem")}\n`, key: await keyPem(keys.privateKey) };
}

/**
 * Makes a certificate signed by an authority: a server's when it has names, else a client's.
 *
 * @example
 * await issue(authority, { commonName: "system:admin", organizations: ["system:masters"], notBefore, notAfter });
 */
export async function issue(authority: KeyPair, subject: Subject): Promise<KeyPair> {
  const x509 = await library();
  const issuer = new x509.X509Certificate(authority.cert);
  const der = x509.PemConverter.decode(authority.key)[0];
  if (!der) throw new TypeError("the authority's key is no PEM");
  const signingKey = await crypto.subtle.importKey("pkcs8", der, ALGORITHM, false, ["sign"]);
  const keys = await newKeys();
  const names = subject.names ?? [];
  const extensions: NonNullable<Parameters<typeof X509CertificateGenerator.create>[0]["extensions"]> = [
    new x509.BasicConstraintsExtension(false, undefined, true),
    new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
    new x509.ExtendedKeyUsageExtension([names.length > 0 ? SERVER_AUTH : CLIENT_AUTH]),
    await x509.AuthorityKeyIdentifierExtension.create(issuer),
  ];
  if (names.length > 0) {
    extensions.push(
      new x509.SubjectAlternativeNameExtension(names.map((value) => ({ type: isAddress(value) ? "ip" : "dns", value }))),
    );
  }
  const cert = await x509.X509CertificateGenerator.create({
    serialNumber: serial(),
    subject: [...(subject.organizations ?? []).map((value) => ({ O: [value] })), { CN: [subject.commonName] }],
    issuer: issuer.subject,
    notBefore: subject.notBefore,
    notAfter: subject.notAfter,
    signingKey,
    publicKey: keys.publicKey,
    signingAlgorithm: ALGORITHM,
    extensions,
  });
  return { cert: `${cert.toString("pem")}\n`, key: await keyPem(keys.privateKey) };
}

/** Whether a name of a server is an IP address. */
export function isAddress(name: string): boolean {
  return name.includes(":") || /^\d+(\.\d+){3}$/.test(name);
}
