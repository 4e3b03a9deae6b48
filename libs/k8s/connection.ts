// SPDX-License-Identifier: Apache-2.0

/** What TLS needs to know; everything is PEM text. */
export interface TlsOptions {
  /** Authorities that may have signed the server's certificate; the system's where absent. */
  readonly ca?: string | undefined;
  /** Own certificate and its key, where the server asks who we are. */
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
  /** Name to find in the server's certificate in place of the host of the URL. */
  readonly serverName?: string | undefined;
  /** Whether the server's certificate is left unchecked. */
  readonly insecure?: boolean | undefined;
}

/** Where an API server is and how to prove who we are. */
export interface Connection {
  /** "https://10.0.0.1:6443", with the path prefix of a proxy if there is one, without a slash at the end. */
  readonly server: string;
  /** The namespace meant where none is named. */
  readonly namespace?: string | undefined;
  /** Read at every request: a getter may follow files that are replaced. */
  readonly tls: TlsOptions;
  /** The bearer token of the next request; undefined for none. Rejects with one sentence where it cannot be had. */
  readonly token?: (() => Promise<string | undefined>) | undefined;
  /** Own certificate of the next request where an exec plugin gives one; it goes before that of `tls`. */
  readonly certificate?: (() => Promise<{ readonly cert: string; readonly key: string } | undefined>) | undefined;
  /** Forgets kept credentials; called after the server refused them (401). */
  readonly forget?: (() => void) | undefined;
  /** An HTTP proxy to go through. */
  readonly proxy?: string | undefined;
  /** More headers of every request (impersonation). */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Where this comes from, for a person: `context "east" of /etc/kubeconfig`, "the pod's service account". */
  readonly origin: string;
}
