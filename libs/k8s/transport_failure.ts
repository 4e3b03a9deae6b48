// SPDX-License-Identifier: Apache-2.0
import type { ApiReason } from "./api_error.ts";

/** What a failed connection means: the reason and the rest of the sentence "cannot list pods at https://…: …". */
export interface TransportFailure {
  readonly reason: ApiReason;
  readonly text: string;
}

const CLOCK = "check the clocks of both machines, and renew the certificate if they are right";

const NOT_SIGNED = "the server's certificate is not signed by the authority we trust: check the CA data";

/** Codes of OpenSSL's verification as Bun and node name them (https://docs.openssl.org/3.0/man1/openssl-verification-options/). */
const CERTIFICATE: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: `the server's certificate has expired: ${CLOCK}`,
  CERT_NOT_YET_VALID: `the server's certificate is not valid yet: ${CLOCK}`,
  ERR_TLS_CERT_ALTNAME_INVALID: "the server's certificate is for another name: use a name it carries, or set tls-server-name",
  CERT_REVOKED: "the server's certificate was revoked",
};

/** Those of them that another authority would help against. */
const AUTHORITY: Readonly<Record<string, string>> = {
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: NOT_SIGNED,
  UNABLE_TO_GET_ISSUER_CERT: NOT_SIGNED,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: NOT_SIGNED,
  SELF_SIGNED_CERT_IN_CHAIN: NOT_SIGNED,
  DEPTH_ZERO_SELF_SIGNED_CERT: "the server's certificate is signed by itself and we do not trust it: check the CA data",
  CERT_SIGNATURE_FAILURE: NOT_SIGNED,
  CERT_UNTRUSTED: "the server's certificate is not trusted: check the CA data",
  INVALID_CA: "the authority that signed the server's certificate is no authority: check the CA data",
};

const TRANSPORT: Readonly<Record<string, string>> = {
  ECONNREFUSED: "the connection was refused: nothing listens there",
  ConnectionRefused: "the connection was refused: nothing listens there",
  ECONNRESET: "the connection was closed before the answer was complete",
  ConnectionClosed: "the connection was closed before the answer was complete",
  EPIPE: "the connection was closed before the answer was complete",
  ENOTFOUND: "the host's name is not found",
  EAI_AGAIN: "the host's name cannot be looked up now",
  EHOSTUNREACH: "the host cannot be reached",
  ENETUNREACH: "the network cannot be reached",
  ETIMEDOUT: "the connection timed out",
  EPROTO: "the TLS handshake failed: is this the address of an API server?",
};

/**
 * Reads an error of `fetch` or of a body's reader.
 *
 * @example
 * transportFailure(error).reason // "Certificate"
 */
export function transportFailure(error: unknown): TransportFailure {
  const { code, message } = describe(error);
  const certificate = CERTIFICATE[code];
  if (certificate) return { reason: "Certificate", text: certificate };
  const authority = AUTHORITY[code];
  if (authority) return { reason: "UnknownAuthority", text: authority };
  const transport = TRANSPORT[code];
  if (transport) return { reason: "Transport", text: transport };
  // Bun says this, too, of a CA, certificate or key that it cannot read; the connection is checked for those beforehand.
  if (code === "FailedToOpenSocket") return { reason: "Transport", text: "the connection could not be opened" };
  return { reason: "Transport", text: `the connection failed: ${message.replace(/\. For more information.*$/, "")}` };
}

function describe(error: unknown): { code: string; message: string } {
  if (!(error instanceof Error)) return { code: "", message: String(error) };
  const { code } = error as { code?: unknown };
  return { code: typeof code === "string" ? code : "", message: error.message };
}
