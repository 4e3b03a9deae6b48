// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A certificate and its key, PEM. */
export interface TestCertificate {
  readonly cert: string;
  readonly key: string;
}

/** When a certificate is good, in days from now. */
export interface TestCertificateOptions {
  /** subjectAltName as openssl writes it. "IP:127.0.0.1" when absent. */
  readonly names?: string;
  /** From when; negative is the past. -1 when absent. */
  readonly from?: number;
  /** 5 when absent. */
  readonly until?: number;
}

/**
 * An authority made by the openssl command, for tests of TLS.
 *
 * @example
 * const authority = TestAuthority.make();
 * const server = new FakeApiServer({ tls: authority.issue({ until: -1, from: -3 }) }); // expired
 */
export class TestAuthority {
  /** PEM. */
  readonly ca: string;
  readonly #key: string;

  private constructor(ca: string, key: string) {
    this.ca = ca;
    this.#key = key;
  }

  static make(): TestAuthority {
    return inFolder((dir) => {
      openssl(dir, "req", "-x509", ...EC, "-keyout", "ca.key", "-out", "ca.crt", "-subj", "/CN=test authority", "-days", "10");
      return new TestAuthority(read(dir, "ca.crt"), read(dir, "ca.key"));
    });
  }

  issue({ names = "IP:127.0.0.1", from = -1, until = 5 }: TestCertificateOptions = {}): TestCertificate {
    return inFolder((dir) => {
      writeFileSync(join(dir, "ca.crt"), this.ca);
      writeFileSync(join(dir, "ca.key"), this.#key);
      writeFileSync(join(dir, "index.txt"), "");
      writeFileSync(
        join(dir, "serial"),
        `${Math.floor(Math.random() * 1e9)
          .toString(16)
          .padStart(8, "0")}\n`,
      );
      writeFileSync(join(dir, "ca.conf"), config(names));
      openssl(dir, "req", ...EC, "-keyout", "own.key", "-out", "own.csr", "-subj", "/CN=test");
      const dates = ["-startdate", asn1Time(from), "-enddate", asn1Time(until)];
      openssl(dir, "ca", "-batch", "-notext", "-config", "ca.conf", "-in", "own.csr", "-out", "own.crt", ...dates);
      return { cert: read(dir, "own.crt"), key: read(dir, "own.key") };
    });
  }
}

const EC = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];

function config(names: string): string {
  return `[ca]
default_ca = test
[test]
database = index.txt
serial = serial
new_certs_dir = .
certificate = ca.crt
private_key = ca.key
default_md = sha256
policy = policy
x509_extensions = extensions
[policy]
commonName = supplied
[extensions]
subjectAltName = ${names}
`;
}

function asn1Time(days: number): string {
  const time = new Date(Date.now() + days * 86_400_000).toISOString();
  return `${time.slice(0, 19).replace(/[-T:]/g, "")}Z`;
}

function inFolder<T>(run: (dir: string) => T): T {
  const dir = mkdtempSync(join(tmpdir(), "st-certs-"));
  try {
    return run(dir);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

function read(dir: string, name: string): string {
  return readFileSync(join(dir, name), "utf8");
}

function openssl(dir: string, ...args: readonly string[]): void {
  const done = Bun.spawnSync(["openssl", ...args], { cwd: dir, stderr: "pipe" });
  if (!done.success) throw new Error(`openssl ${args[0]}: ${done.stderr.toString()}`);
}
