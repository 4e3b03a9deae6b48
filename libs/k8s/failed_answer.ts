// SPDX-License-Identifier: Apache-2.0
import { ApiError, parseStatus, reasonOf } from "./api_error.ts";
import { type ApiRequest, cannot, objectOf, verbOf } from "./api_request.ts";

/** What is left of an answer once it was read. */
export interface Answer {
  readonly status: number;
  readonly contentType: string;
  /** The header Retry-After. */
  readonly retryAfter?: string | null;
  readonly text: string;
}

/** A server may ask for patience, not for silence: it may be wrong about the time, and a date is read by a clock that may be. */
const LONGEST_RETRY_MS = 300_000;

/**
 * The error of an answer that is no success. A server that is no API server (a proxy's page, a captive portal) is recognised by
 * what it sends, and not believed: its 404 does not mean that an object is gone.
 */
export function failedAnswer(server: string, request: ApiRequest, answer: Answer, now: number): ApiError {
  const details = { verb: verbOf(request), object: objectOf(request), status: answer.status };
  const status = isJson(answer.contentType) ? parseStatus(tryJson(answer.text)) : undefined;
  const asked = retryAfter(answer.retryAfter, now) ?? (status?.details?.retryAfterSeconds ?? 0) * 1000;
  const retryAfterMs = Math.min(asked, LONGEST_RETRY_MS);
  const retry = retryAfterMs > 0 ? { retryAfterMs } : {};
  if (!status) {
    // These come from the server's own front door, which does not always say them as a Status object.
    const plain = [401, 403, 429, 500, 502, 503, 504].includes(answer.status) && !isHtml(answer);
    const reason = plain ? reasonOf(answer.status) : "NotKubernetes";
    const said = plain ? `${answer.status} ${firstLine(answer.text)}` : `${notKubernetes(answer)} (HTTP ${answer.status})`;
    return new ApiError(`${cannot(server, request)}: ${said.trim()}`, { ...details, reason, ...retry });
  }
  const reason = status.reason || reasonOf(answer.status);
  const message = `${cannot(server, request)}: ${reason}: ${oneLine(status.message) || `HTTP ${answer.status}`}`;
  return new ApiError(message, { ...details, reason, ...retry, causes: status.details?.causes ?? [] });
}

/** What answered in place of an API server. */
export function notKubernetes(answer: Answer): string {
  const what = isHtml(answer) ? "a web page (HTML)" : `${answer.contentType || "text without a type"}`;
  const begin = `the answer is ${what}, not Kubernetes JSON:`;
  // So says a real API server of a group that it does not know, or not yet.
  const unserved = answer.status === 404 && /^404 page not found\s*$/.test(answer.text);
  if (unserved) return `${begin} this kind of objects is not served (yet), or this is no API server`;
  return `${begin} is this the address of an API server, without a proxy in between?`;
}

export function isJson(contentType: string): boolean {
  return /^application\/([\w.-]+\+)?json\b/i.test(contentType);
}

function isHtml({ contentType, text }: Answer): boolean {
  return /html/i.test(contentType) || /^\s*<(!doctype|html)/i.test(text.slice(0, 200));
}

function tryJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Seconds or a date, as milliseconds from now (RFC 9110 §10.2.3). */
function retryAfter(header: string | null | undefined, now: number): number | undefined {
  if (!header) return undefined;
  const milliseconds = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - now;
  return milliseconds > 0 ? milliseconds : undefined;
}

function firstLine(text: string): string {
  return oneLine(text.trim().split("\n", 1)[0] ?? "");
}

/** Text of a server for our messages: one line, not too long. */
function oneLine(text: string): string {
  const line = text.replace(/\s+/g, " ").trim();
  return line.length > 500 ? `${line.slice(0, 500)}…` : line;
}
