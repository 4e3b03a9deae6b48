// SPDX-License-Identifier: Apache-2.0
import type { Extension, JsonName } from "@peculiar/x509";

await import("@abraham/reflection"); // @peculiar/x509 wants Reflect.getMetadata, which no runtime has, when it is loaded
const x509 = await import("@peculiar/x509");

/** A certificate and its private key (PKCS #8), both PEM. */
export interface KeyPair {
  readonly cert: string;
  readonly key: string;
}

/** Whom a certificate is for: a server by its names, or a client by its user and groups as Kubernetes reads them (CN and O). */
export interface Subject {
  readonly user: string;
  readonly groups?: readonly string[];
  /** DNS names and IP addresses; present on a server's certificate only. */
  readonly names?: readonly string[];
  /** From when to when it is valid; an hour ago and a year ahead where absent. */
  readonly notBefore?: Date;
  readonly notAfter?: Date;
}

const EC = { name: "ECDSA", namedCurve: "P-256" } as const;
const SIGN = { name: "ECDSA", hash: "SHA-256" } as const;
const HOUR = 3_600_000;

/**
 * A certificate authority of a lab's cluster.
 *
 * @example
 * const authority = await Authority.create("east");
 * const admin = await authority.issue({ user: "admin", groups: ["system:masters"] });
 */
export class Authority {
  /** Its own certificate, PEM. */
  readonly cert: string;
  /** Its private key, PEM. */
  readonly key: string;

  private constructor({ cert, key }: KeyPair) {
    this.cert = cert;
    this.key = key;
  }

  static async create(name: string): Promise<Authority> {
    const keys = await newKeys();
    const certificate = await x509.X509CertificateGenerator.createSelfSigned({
      ...validity({}),
      serialNumber: serial(),
      name: distinguished(name),
      keys,
      signingAlgorithm: SIGN,
      extensions: [
        new x509.BasicConstraintsExtension(true, undefined, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
        await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      ],
    });
    return new Authority({ cert: certificate.toString("pem"), key: await privatePem(keys.privateKey) });
  }

  /** An authority from what it was saved as. */
  static from(saved: KeyPair): Authority {
    return new Authority(saved);
  }

  /** A certificate for a client, or for a server where `names` are given. */
  async issue(subject: Subject): Promise<KeyPair> {
    const keys = await newKeys();
    const purpose = subject.names === undefined ? x509.ExtendedKeyUsage.clientAuth : x509.ExtendedKeyUsage.serverAuth;
    const issuer = new x509.X509Certificate(this.cert);
    const certificate = await x509.X509CertificateGenerator.create({
      ...validity(subject),
      serialNumber: serial(),
      issuer: issuer.subject,
      subject: distinguished(subject.user, subject.groups),
      publicKey: keys.publicKey,
      signingKey: await this.#signingKey(),
      signingAlgorithm: SIGN,
      extensions: [
        new x509.BasicConstraintsExtension(false, undefined, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
        new x509.ExtendedKeyUsageExtension([purpose]),
        await x509.AuthorityKeyIdentifierExtension.create(issuer),
        ...alternativeNames(subject.names ?? []),
      ],
    });
    return { cert: certificate.toString("pem"), key: await privatePem(keys.privateKey) };
  }

  #signingKey(): Promise<CryptoKey> {
    const der = x509.PemConverter.decodeFirst(this.key);
    return crypto.subtle.importKey("pkcs8", der, EC, false, ["sign"]);
  }
}

/** A key pair without a certificate, as tokens of service accounts are signed with: PEM, public key as SPKI. */
export async function signingKeys(): Promise<{ readonly public: string; readonly key: string }> {
  const keys = await newKeys();
  const spki = await crypto.subtle.exportKey("spki", keys.publicKey);
  return { public: x509.PemConverter.encode(spki, "PUBLIC KEY"), key: await privatePem(keys.privateKey) };
}

function newKeys(): Promise<CryptoKeyPair> {
  return crypto.subtle.generateKey(EC, true, ["sign", "verify"]);
}

async function privatePem(key: CryptoKey): Promise<string> {
  return x509.PemConverter.encode(await crypto.subtle.exportKey("pkcs8", key), "PRIVATE KEY");
}

function distinguished(user: string, groups: readonly string[] = []): JsonName {
  return [...groups.map((group) => ({ O: [group] })), { CN: [user] }];
}

/** Positive, 16 bytes, never twice. */
function serial(): string {
  return `01${crypto.randomUUID().replaceAll("-", "")}`;
}

function validity({ notBefore, notAfter }: Pick<Subject, "notBefore" | "notAfter">) {
  return { notBefore: notBefore ?? new Date(Date.now() - HOUR), notAfter: notAfter ?? new Date(Date.now() + 365 * 24 * HOUR) };
}

function alternativeNames(names: readonly string[]): Extension[] {
  if (names.length === 0) return [];
  const isAddress = (name: string) => /^[\d.]+$/.test(name) || name.includes(":");
  return [
    new x509.SubjectAlternativeNameExtension(
      names.map((value) => ({ type: isAddress(value) ? ("ip" as const) : ("dns" as const), value })),
    ),
  ];
}
