// SPDX-License-Identifier: Apache-2.0
import * as v from "valibot";
import { decodeWith } from "./kind.ts";

/**
 * Why a request failed: the reason of the server's Status object ("NotFound", "AlreadyExists", "Conflict", "Forbidden", "Unauthorized",
 * "Invalid", "Expired", "Gone", "TooManyRequests", "Timeout", …) or one of ours:
 *
 * | reason | meaning |
 * |---|---|
 * | Transport | nobody answered: refused, reset, unreachable, name not found, too late |
 * | Certificate | TLS: the server's certificate is not good: too old, too new, of another name, revoked |
 * | UnknownAuthority | TLS: nobody we trust has signed the server's certificate |
 * | Credentials | our own token or certificate could not be had |
 * | NotKubernetes | something answered that is no Kubernetes API (HTML, plain text) |
 * | Malformed | the answer is cut off or does not decode |
 * | TooLarge | the answer or a watch line is over the limit |
 */
export type ApiReason = string;

/** What an {@link ApiError} is made of. */
export interface ApiErrorDetails {
  /** "get", "list", "watch", "create", "update", "patch", "apply", "delete" or an HTTP method. */
  readonly verb: string;
  /** What was asked for: `pods "default/web-0"`, or a path. */
  readonly object: string;
  /** HTTP status; absent where there was no answer. */
  readonly status?: number | undefined;
  readonly reason: ApiReason;
  /** Milliseconds that the server asked to wait. */
  readonly retryAfterMs?: number | undefined;
  /** Fields the server complained about (Status.details.causes). */
  readonly causes?: readonly StatusCause[] | undefined;
  readonly cause?: unknown;
}

/** A request to an API server that failed; the message is one sentence for a person. */
export class ApiError extends Error implements ApiErrorDetails {
  override readonly name = "ApiError";
  readonly verb: string;
  readonly object: string;
  readonly status: number | undefined;
  readonly reason: ApiReason;
  readonly retryAfterMs: number | undefined;
  readonly causes: readonly StatusCause[];

  constructor(message: string, details: ApiErrorDetails) {
    super(message, { cause: details.cause });
    this.verb = details.verb;
    this.object = details.object;
    this.status = details.status;
    this.reason = details.reason;
    this.retryAfterMs = details.retryAfterMs;
    this.causes = details.causes ?? [];
  }
}

/**
 * Whether an error is an {@link ApiError} with one of these reasons.
 *
 * @example
 * if (failedWith(error, "Conflict", "AlreadyExists")) return readAgain();
 */
export function failedWith(error: unknown, ...reasons: readonly ApiReason[]): error is ApiError {
  return error instanceof ApiError && reasons.includes(error.reason);
}

/** Whether the version asked for is gone, so that only a new list helps. */
export function isExpired(error: unknown): boolean {
  return error instanceof ApiError && (error.status === 410 || error.reason === "Expired" || error.reason === "Gone");
}

const statusCause = v.object({
  reason: v.nullish(v.string(), ""),
  message: v.nullish(v.string(), ""),
  field: v.nullish(v.string(), ""),
});

/** One field the server complained about. */
export type StatusCause = v.InferOutput<typeof statusCause>;

const statusSchema = v.looseObject({
  kind: v.literal("Status"),
  message: v.nullish(v.string(), ""),
  reason: v.nullish(v.string(), ""),
  code: v.nullish(v.number(), 0),
  details: v.nullish(v.looseObject({ causes: v.nullish(v.array(statusCause), []), retryAfterSeconds: v.nullish(v.number(), 0) })),
});

/** The Status object that a server answers failures with; undefined for everything else. */
export function parseStatus(value: unknown): v.InferOutput<typeof statusSchema> | undefined {
  const decoded = decodeWith(statusSchema, value);
  return decoded.ok ? decoded.value : undefined;
}

/** Reasons by HTTP status, for answers whose Status has none (https://kubernetes.io/docs/reference/using-api/api-concepts/). */
const REASONS: Readonly<Record<number, ApiReason>> = {
  400: "BadRequest",
  401: "Unauthorized",
  403: "Forbidden",
  404: "NotFound",
  405: "MethodNotAllowed",
  406: "NotAcceptable",
  409: "Conflict",
  410: "Expired",
  413: "RequestEntityTooLarge",
  415: "UnsupportedMediaType",
  422: "Invalid",
  429: "TooManyRequests",
  500: "InternalError",
  503: "ServiceUnavailable",
  504: "Timeout",
};

/** The reason that an HTTP status stands for. */
export function reasonOf(status: number): ApiReason {
  return REASONS[status] ?? (status >= 500 ? "InternalError" : "Unknown");
}
