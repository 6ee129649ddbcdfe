/**
 * A fault of the input that a caller can correct: its place and its description.
 *
 * @example
 * ```ts
 * const lines = (error.issues ?? []).map(({ path, message }: Issue) => `${path}: ${message}`);
 * ```
 */
export interface Issue {
  /** Dotted path in the input, `input.text`; empty for the whole. */
  readonly path: string;
  readonly message: string;
}

/**
 * Every reason for which a call can fail, with its tRPC code and whether the same call may succeed later.
 * This is the closed union that clients see as a type.
 */
export const failureReasons = {
  INVALID_INPUT: { code: 'BAD_REQUEST', retryable: false },
  UNKNOWN_WORKFLOW: { code: 'BAD_REQUEST', retryable: false },
  WORKFLOW_MISMATCH: { code: 'BAD_REQUEST', retryable: false },
  UNKNOWN_CARD: { code: 'BAD_REQUEST', retryable: false },
  OPENING_DIFFERS: { code: 'BAD_REQUEST', retryable: false },
  UNAUTHENTICATED: { code: 'UNAUTHORIZED', retryable: false },
  TENANT_NOT_ALLOWED: { code: 'FORBIDDEN', retryable: false },
  ROLE_NOT_ALLOWED: { code: 'FORBIDDEN', retryable: false },
  ADDRESS_NOT_ALLOWED: { code: 'FORBIDDEN', retryable: false },
  WORKFLOW_NOT_FOUND: { code: 'NOT_FOUND', retryable: false },
  TURN_IN_PROGRESS: { code: 'CONFLICT', retryable: true },
  TURN_INTERRUPTED: { code: 'CONFLICT', retryable: true },
  LEASE_LOST: { code: 'CONFLICT', retryable: true },
  STATE_CHANGED: { code: 'CONFLICT', retryable: true },
  TURN_ID_REUSED: { code: 'CONFLICT', retryable: false },
  WORKFLOW_ENDED: { code: 'PRECONDITION_FAILED', retryable: false },
  FIELDS_MISSING: { code: 'PRECONDITION_FAILED', retryable: false },
  NOTHING_TO_UNDO: { code: 'PRECONDITION_FAILED', retryable: false },
  BUDGET_SPENT: { code: 'PRECONDITION_FAILED', retryable: false },
  DEFINITION_CHANGED: { code: 'PRECONDITION_FAILED', retryable: false },
  PAYLOAD_TOO_LARGE: { code: 'PAYLOAD_TOO_LARGE', retryable: false },
  RATE_LIMITED: { code: 'TOO_MANY_REQUESTS', retryable: true },
  AGENT_FAILED: { code: 'BAD_GATEWAY', retryable: true },
  CHOICES_UNAVAILABLE: { code: 'BAD_GATEWAY', retryable: true },
  AGENT_TIMEOUT: { code: 'GATEWAY_TIMEOUT', retryable: true },
  AUTHENTICATION_UNAVAILABLE: { code: 'SERVICE_UNAVAILABLE', retryable: true },
  STATE_STORE_UNAVAILABLE: { code: 'SERVICE_UNAVAILABLE', retryable: true },
  OVERLOADED: { code: 'SERVICE_UNAVAILABLE', retryable: true },
  SHUTTING_DOWN: { code: 'SERVICE_UNAVAILABLE', retryable: true },
  CONVERSATION_UNREADABLE: { code: 'INTERNAL_SERVER_ERROR', retryable: false },
  INTERNAL: { code: 'INTERNAL_SERVER_ERROR', retryable: false },
} as const;

/**
 * The reason for which the server failed a call.
 *
 * @example
 * ```ts
 * const canPass: readonly FailureReason[] = ['TURN_IN_PROGRESS', 'AGENT_TIMEOUT', 'OVERLOADED'];
 * ```
 */
export type FailureReason = keyof typeof failureReasons;

/**
 * The data that every error carries on the wire.
 *
 * @example
 * ```ts
 * const wait = ({ retryable, retryAfterMs = 1_000 }: ErrorData): number | null =>
 *   retryable ? retryAfterMs : null;
 * ```
 */
export interface ErrorData {
  readonly code:
    | (typeof failureReasons)[FailureReason]['code']
    | 'METHOD_NOT_SUPPORTED'
    | 'UNSUPPORTED_MEDIA_TYPE';
  readonly httpStatus: number;
  readonly path?: string;
  readonly reason: FailureReason;
  readonly retryable: boolean;
  readonly retryAfterMs?: number;
  /** Of TURN_IN_PROGRESS: the age of the running turn, in milliseconds. */
  readonly runningForMs?: number;
  /**
   * The call may have taken effect: it was sent to be stored, and nobody confirmed it. Every other error stored
   * nothing.
   */
  readonly isOutcomeUnknown?: true;
  /** The first twenty; where there are more, one more issue says how many. */
  readonly issues?: readonly Issue[];
  /** The id under which the server's log has an internal error. */
  readonly errorId?: string;
  /** Present only if the server is set to show it, as is `cause`. */
  readonly stack?: string;
  readonly cause?: string;
}

/**
 * An error as a tRPC client has it in `error.shape`.
 *
 * @example
 * ```ts
 * const explain = ({ message, data }: ErrorShape): string => `${message} (${data.reason})`;
 * ```
 */
export interface ErrorShape {
  readonly message: string;
  readonly code: JsonRpcCode;
  readonly data: ErrorData;
}

/**
 * tRPC's number for `data.code`. The numbers are written down, because no name for them is exported from the same place
 * by every tRPC 11; the compiler compares them with tRPC's own where the server makes the shape.
 */
type JsonRpcCode =
  | -32600
  | -32603
  | -32001
  | -32003
  | -32004
  | -32005
  | -32009
  | -32012
  | -32013
  | -32015
  | -32029;
