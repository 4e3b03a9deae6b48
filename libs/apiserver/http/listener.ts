// SPDX-License-Identifier: Apache-2.0
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { createServer as createTlsServer, type SecureContextOptions, type TLSSocket } from "node:tls";
import type { Log } from "@strait/obs";
import type { KeyPair } from "../tls/issue.ts";
import { requestOf } from "./request_of.ts";
import { sendResponse } from "./send_response.ts";
import { type Patience, SlowClients } from "./slow_clients.ts";
import { StatusError } from "./status_error.ts";

/** The verified client certificate of a connection. */
export interface PeerCertificate {
  readonly commonName: string;
  readonly organizations: readonly string[];
  /** Milliseconds since 1970 after which it is no longer valid. */
  readonly notAfter: number;
}

/** What the TLS layer knows about the other end. */
export interface Peer {
  readonly certificate?: PeerCertificate;
  /** Why the certificate that it sent was not accepted. */
  readonly rejected?: string;
}

export interface Listening {
  readonly port: number;
  /** Shows another certificate to connections from now on. */
  renew(server: KeyPair): void;
  /** Refuses new connections at once, lets answers go on for `graceMs`, then ends what is left (watches, as a rule). */
  stop(graceMs?: number): Promise<void>;
}

export interface ListenOptions {
  readonly host: string;
  /** 0: the kernel chooses. */
  readonly port: number;
  /** PEM of the authority of client certificates. */
  readonly ca: string;
  readonly server: KeyPair;
  readonly log: Log;
  readonly handle: (request: Request, peer: Peer) => Promise<Response>;
  /** A reader that takes nothing for this long is cut. */
  readonly stuckMs?: number;
  /** How long a client may take to ask; a minute for a request, five between two, when absent. */
  readonly patience?: Patience;
}

/**
 * Serves HTTP/1.1 over TLS and tells the handler who the other end is. `Bun.serve` and `node:https` check client certificates but do not
 * hand them out (Bun 1.4); a `node:tls` server does, and gives its sockets to a `node:http` server that listens nowhere itself.
 */
export async function listen(options: ListenOptions): Promise<Listening> {
  const peers = new WeakMap<object, Peer>();
  const sockets = new Set<TLSSocket>();
  const http = createServer((incoming, outgoing) => {
    const socket = incoming.socket as TLSSocket;
    slow.began(socket);
    outgoing.once("close", () => slow.answered(socket));
    const answer = answerTo(options, incoming, peers.get(socket) ?? {}, () => slow.isWhole(socket));
    answer
      .then((response) => sendResponse(response, outgoing, incoming.method === "HEAD", options.stuckMs ?? 30_000))
      .catch((error: unknown) => {
        // A client that went away in the middle is nobody's fault.
        if (incoming.destroyed || outgoing.destroyed) options.log.debug("a client went away", { error });
        else options.log.error("answer failed", { error });
        outgoing.destroy();
      });
  });
  const patience = options.patience ?? { requestMs: 60_000, idleMs: 300_000 };
  const slow = new SlowClients(patience);
  const security = ({ key, cert }: KeyPair) =>
    ({
      key,
      cert,
      ca: options.ca,
      requestCert: true,
      // A wrong certificate is answered 401 by the handler, as Kubernetes does, so that the client learns why.
      rejectUnauthorized: false,
      ALPNProtocols: ["http/1.1"],
      minVersion: "TLSv1.2",
    }) as const;
  const tls = createTlsServer({ ...security(options.server), handshakeTimeout: patience.requestMs }, (socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    socket.on("error", () => socket.destroy());
    peers.set(socket, peerOf(socket));
    slow.connected(socket);
    http.emit("connection", socket);
  });
  tls.on("tlsClientError", (error: Error, socket: TLSSocket) => {
    options.log.debug("TLS handshake failed", { error });
    socket.destroy();
  });
  http.on("clientError", (_error, socket) => socket.destroy());
  await new Promise<void>((resolve, reject) => {
    tls.once("error", reject);
    tls.listen(options.port, options.host, () => resolve());
  });
  return {
    port: (tls.address() as AddressInfo).port,
    renew: (server) => tls.setSecureContext(security(server) as SecureContextOptions),
    async stop(graceMs = 500) {
      const closed = new Promise<void>((resolve) => tls.close(() => resolve()));
      http.closeIdleConnections();
      const timer = setTimeout(() => {
        for (const socket of sockets) socket.destroy();
      }, graceMs);
      await closed;
      clearTimeout(timer);
      http.close();
    },
  };
}

async function answerTo(options: ListenOptions, incoming: IncomingMessage, peer: Peer, whole: () => void): Promise<Response> {
  try {
    const request = await requestOf(incoming);
    whole();
    return await options.handle(request, peer);
  } catch (error) {
    // The body could not be read; faults of a request are answered by the handler itself.
    if (error instanceof StatusError)
      return Response.json(error.toStatus(), { status: error.code, headers: { connection: "close" } });
    throw error;
  }
}

function peerOf(socket: TLSSocket): Peer {
  const certificate = socket.getPeerCertificate() as
    | { subject?: Record<string, string | string[]>; valid_to?: string }
    | undefined;
  if (!certificate?.subject) return {};
  if (!socket.authorized) return { rejected: String(socket.authorizationError) };
  const of = (name: string) => [certificate.subject?.[name] ?? []].flat();
  return {
    certificate: { commonName: of("CN")[0] ?? "", organizations: of("O"), notAfter: Date.parse(certificate.valid_to ?? "") },
  };
}
