import type { WorkflowDefinition } from '../../workflows/definition/define-workflow.ts';
import type { EventLogger } from '../observability/pino-observer.ts';
import type { Agent } from '../orchestrator/ports/agent.ts';
import type { Observer } from '../orchestrator/ports/observer.ts';
import type { Authenticate, Caller } from './caller.ts';

/** A model behind an endpoint for chat completions (docs/models.md). */
interface ModelOptions {
  readonly provider: 'openai-compatible';
  /** The part of the address before `/chat/completions`: `http://127.0.0.1:11434/v1`. As `OPENAI_BASE_URL`. */
  readonly baseUrl: string;
  /** The model's name, as the endpoint knows it. As `OPENAI_MODEL`. */
  readonly model: string;
  /** The key that the endpoint asks for. As `OPENAI_API_KEY`. */
  readonly apiKey?: string | undefined;
  /** The way in which structure is asked for. As `OPENAI_STRUCTURED_OUTPUT`. @default 'auto' */
  readonly structuredOutput?: 'auto' | 'json-schema' | 'text' | undefined;
  /** The most of the conversation that a request retells, in estimated tokens. As `OPENAI_HISTORY_MAX_TOKENS`. @default 4000 */
  readonly historyMaxTokens?: number | undefined;
}

/** An agent of Microsoft Copilot Studio (docs/copilot-studio.md): one address, and one kind of token. */
interface CopilotStudioOptions {
  readonly provider: 'copilot-studio';
  /** The agent's connection string. As `COPILOT_DIRECT_CONNECT_URL`. */
  readonly directConnectUrl?: string | undefined;
  /** The agent's environment, with the schema name, instead of that URL. As `COPILOT_ENVIRONMENT_ID`. */
  readonly environmentId?: string | undefined;
  /** As `COPILOT_SCHEMA_NAME`. */
  readonly schemaName?: string | undefined;
  /** As `COPILOT_AGENT_TYPE`. @default 'Published' */
  readonly agentType?: 'Published' | 'Prebuilt' | undefined;
  /** The cloud of Power Platform. As `COPILOT_CLOUD`. @default 'Prod' */
  readonly cloud?: string | undefined;
  /** One token for all callers, for development. As `COPILOT_ACCESS_TOKEN`. */
  readonly accessToken?: string | undefined;
  /** As `COPILOT_TENANT_ID`. */
  readonly tenantId?: string | undefined;
  /** As `COPILOT_CLIENT_ID`. */
  readonly clientId?: string | undefined;
  /** As `COPILOT_CLIENT_SECRET`. */
  readonly clientSecret?: string | undefined;
  /** The name in which the agent is asked. As `COPILOT_TOKEN_MODE`. @default 'client-credentials' */
  readonly tokenMode?: 'client-credentials' | 'on-behalf-of' | undefined;
  /** As `COPILOT_AUTHORITY`. @default the cloud's */
  readonly authority?: string | undefined;
  /** The form in which a card's data is sent. As `COPILOT_CARD_SUBMIT`. @default 'message' */
  readonly cardSubmit?: 'message' | 'invoke' | undefined;
  /** The language in which conversations start. As `COPILOT_LOCALE`. @default the agent's own */
  readonly locale?: string | undefined;
}

/**
 * One of the agents that Turnkeeper comes with.
 *
 * @example
 * ```ts
 * const agent: AgentOptions = { provider: 'openai-compatible', baseUrl: 'http://127.0.0.1:11434/v1', model: 'qwen3' };
 * ```
 */
export type AgentOptions = { readonly provider: 'guided' } | ModelOptions | CopilotStudioOptions;

/**
 * One of several issuers, with the names and texts of `OIDC_ISSUERS` (docs/identity.md).
 *
 * @example
 * ```ts
 * const issuer: IssuerOptions = { issuer: 'https://login.acme.example', audience: 'turnkeeper', tenant: 'acme' };
 * ```
 */
export interface IssuerOptions {
  readonly issuer: string;
  readonly audience: string;
  readonly tenant?: string;
  readonly tenantClaim?: string;
  /** By comma. */
  readonly allowedTenants?: string;
  readonly userClaim?: string;
  readonly rolesClaim?: string;
  readonly roles?: string;
}

/**
 * Options that mean what one environment variable means; the README says more about each. They are checked by the same
 * schemas.
 *
 * @example
 * ```ts
 * const settings: SettingOptions = { redis: 'redis://127.0.0.1:6379', redisPrefix: 'assist', turnTimeoutMs: 20_000 };
 * ```
 */
export interface SettingOptions {
  /** `production` demands a Redis and an authenticator. As `NODE_ENV`. @default the process's, if that is `production`; otherwise `development` */
  readonly environment?: 'development' | 'test' | 'production' | undefined;
  /** The port of `listen`; 0 takes any free one. As `PORT`. @default 3000 */
  readonly port?: number | undefined;
  /** The address of `listen`. As `HOST`. @default '127.0.0.1' */
  readonly host?: string | undefined;
  /** The address that browsers and clients call, if it is not the host: requests for others are refused. As `PUBLIC_URL`. */
  readonly publicUrl?: string | undefined;
  /** Origins of other pages that may call. As `CORS_ORIGINS`. @default none */
  readonly corsOrigins?: readonly string[] | undefined;
  /** Shows stacks and causes of errors to callers, never in production. As `SHOW_ERROR_CAUSES`. @default false */
  readonly showErrorCauses?: boolean | undefined;
  /** The port of a listener that serves metrics beside `listen`, which opens it. As `METRICS_PORT`. @default none */
  readonly metricsPort?: number | undefined;
  /** A secret of at least 32 characters for `/metrics` beside the page; several while it changes. As `METRICS_TOKEN`. */
  readonly metricsToken?: string | readonly string[] | undefined;
  /** The agent's part of a turn, in milliseconds. As `TURN_TIMEOUT_MS`. @default 30000 */
  readonly turnTimeoutMs?: number | undefined;
  /** The longest that a call waits for others of its conversation, in milliseconds. As `TURN_WAIT_MAX_MS`. @default 10000 */
  readonly turnWaitMaxMs?: number | undefined;
  /**
   * The time after `close` in which calls are still taken while `/readyz` fails, in milliseconds. As `SHUTDOWN_DELAY_MS`.
   * @default 0
   */
  readonly shutdownDelayMs?: number | undefined;
  /** The time that running turns have after that delay, in milliseconds. As `SHUTDOWN_GRACE_MS`. @default 35000 */
  readonly shutdownGraceMs?: number | undefined;
  /** The longest preamble of the agent's query. As `CONTEXT_MAX_CHARS`. @default 6000 */
  readonly contextMaxChars?: number | undefined;
  /** The largest request body. As `MAX_BODY_BYTES`. @default 262144 */
  readonly maxBodyBytes?: number | undefined;
  /** The life of an idle connection of `listen`, in milliseconds. As `HTTP_KEEP_ALIVE_MS`. @default 75000 */
  readonly httpKeepAliveMs?: number | undefined;
  /** Connections of `listen` at once. As `MAX_CONNECTIONS`. @default 10000 */
  readonly maxConnections?: number | undefined;
  /** Turns that run at once. As `MAX_TURNS_IN_FLIGHT`. @default 256 */
  readonly maxTurnsInFlight?: number | undefined;
  /** Calls that wait for others of their conversations. As `MAX_TURNS_WAITING`. @default 1000 */
  readonly maxTurnsWaiting?: number | undefined;
  /** Calls that wait for one conversation, on all servers. As `MAX_TURNS_WAITING_PER_CONVERSATION`. @default 8 */
  readonly maxTurnsWaitingPerConversation?: number | undefined;
  /** Open watches. As `MAX_WATCHERS`. @default 1000 */
  readonly maxWatchers?: number | undefined;
  /** Open watches of one user. As `MAX_WATCHERS_PER_USER`. @default 20 */
  readonly maxWatchersPerUser?: number | undefined;
  /** The time that a watcher may read nothing, in milliseconds. As `WATCH_STALL_MS`. @default 20000 */
  readonly watchStallMs?: number | undefined;
  /** Turns that one user may begin within any minute (docs/limits.md). As `USER_TURNS_PER_MINUTE`. @default any number */
  readonly userTurnsPerMinute?: number | undefined;
  /** Turns that all users of a tenant may begin within any minute. As `TENANT_TURNS_PER_MINUTE`. @default any number */
  readonly tenantTurnsPerMinute?: number | undefined;
  /** Conversations of one user that are stored at once. As `USER_CONVERSATIONS`. @default any number */
  readonly userConversations?: number | undefined;
  /** Conversations of a tenant that are stored at once. As `TENANT_CONVERSATIONS`. @default any number */
  readonly tenantConversations?: number | undefined;
  /** Bytes that one user's conversations take in Redis. As `USER_STORED_BYTES`. @default any number */
  readonly userStoredBytes?: number | undefined;
  /** Bytes that a tenant's conversations take in Redis. As `TENANT_STORED_BYTES`. @default any number */
  readonly tenantStoredBytes?: number | undefined;
  /** Open watches of one user, on all servers. As `USER_OPEN_WATCHES`. @default any number */
  readonly userOpenWatches?: number | undefined;
  /** Open watches of a tenant, on all servers. As `TENANT_OPEN_WATCHES`. @default any number */
  readonly tenantOpenWatches?: number | undefined;
  /** Calls of one user that wait for others of their conversations, on all servers. As `USER_WAITING_CALLS`. @default any number */
  readonly userWaitingCalls?: number | undefined;
  /** Such calls of a tenant. As `TENANT_WAITING_CALLS`. @default any number */
  readonly tenantWaitingCalls?: number | undefined;
  /** Hosts that the chat page loads pictures from. As `IMAGE_HOSTS`. @default none */
  readonly imageHosts?: readonly string[] | undefined;
  /** The name of the assistant on the chat page, and on sites that embed it. As `ASSISTANT_NAME`. @default 'Turnkeeper' */
  readonly assistantName?: string | undefined;
  /** The path of its icon: `.svg`, `.png`, `.webp` or `.jpg`. As `ASSISTANT_ICON_FILE`. @default the page's own */
  readonly assistantIconFile?: string | undefined;
  /** Origins of sites that may embed the chat page (docs/embedding-the-page.md). As `EMBED_ORIGINS`. @default none */
  readonly embedOrigins?: readonly string[] | undefined;
  /** The URL of the Redis that keeps conversations. As `REDIS_URL`. @default a Redis of its own, except in production */
  readonly redis?: string | undefined;
  /** As `REDIS_SENTINEL_USERNAME`. */
  readonly redisSentinelUsername?: string | undefined;
  /** As `REDIS_SENTINEL_PASSWORD`. */
  readonly redisSentinelPassword?: string | undefined;
  /** The path of a PEM file. As `REDIS_TLS_CA_FILE`. */
  readonly redisTlsCaFile?: string | undefined;
  /** The path of a PEM file. As `REDIS_TLS_CERT_FILE`. */
  readonly redisTlsCertFile?: string | undefined;
  /** The path of a PEM file. As `REDIS_TLS_KEY_FILE`. */
  readonly redisTlsKeyFile?: string | undefined;
  /** URLs of an odd number of masters that grant leases by majority. As `REDIS_LOCK_URLS`. @default the Redis itself */
  readonly redisLockUrls?: readonly string[] | undefined;
  /** Replicas that must have a turn before it is acknowledged. As `REDIS_WAIT_REPLICAS`. @default 0 */
  readonly redisWaitReplicas?: number | undefined;
  /** The prefix of every key. As `REDIS_PREFIX`. @default 'tk' */
  readonly redisPrefix?: string | undefined;
  /** The time of one command, in milliseconds. As `REDIS_COMMAND_TIMEOUT_MS`. @default 500 */
  readonly redisCommandTimeoutMs?: number | undefined;
  /** Of at least 32 characters; the first of several makes new digests. As `DIGEST_SECRET`. */
  readonly digestSecret?: string | readonly string[] | undefined;
  /** The life of a conversation after its last interaction. As `WORKFLOW_TTL_SECONDS`. @default 86400 */
  readonly workflowTtlSeconds?: number | undefined;
  /** Turns that a transcript keeps. As `TRANSCRIPT_MAX_TURNS`. @default 500 */
  readonly transcriptMaxTurns?: number | undefined;
  /** The life of a crashed server's lease, in milliseconds. As `LOCK_TTL_MS`. @default 10000 */
  readonly lockTtlMs?: number | undefined;
  /** The folder of its own Redis. As `TURNKEEPER_DATA_DIR`. @default '.data' */
  readonly dataDir?: string | undefined;
  /**
   * `dev` believes the headers x-dev-user and x-dev-tenant, and `oidc` verifies tokens (docs/identity.md). As `AUTH_MODE`.
   * @default 'dev', if `authenticate` is not given
   */
  readonly authMode?: 'dev' | 'oidc' | undefined;
  /** The time that `authenticate` and `identify` have, in milliseconds. As `AUTH_TIMEOUT_MS`. @default 5000 */
  readonly authTimeoutMs?: number | undefined;
  /** The provider whose tokens are trusted with `authMode: 'oidc'`. As `OIDC_ISSUER`. */
  readonly oidcIssuer?: string | undefined;
  /** The `aud` of tokens for this server. As `OIDC_AUDIENCE`. */
  readonly oidcAudience?: string | readonly string[] | undefined;
  /** The tenant of all users. As `OIDC_TENANT`. */
  readonly oidcTenant?: string | undefined;
  /** The claim that names the tenant. As `OIDC_TENANT_CLAIM`. */
  readonly oidcTenantClaim?: string | undefined;
  /** The claim that names the user. As `OIDC_USER_CLAIM`. @default 'sub' */
  readonly oidcUserClaim?: string | undefined;
  /** The claim that lists roles. As `OIDC_ROLES_CLAIM`. @default none: every caller is a user */
  readonly oidcRolesClaim?: string | undefined;
  /** Values of that claim and their roles, each like `App.User=user`. As `OIDC_ROLES`. */
  readonly oidcRoles?: string | readonly string[] | undefined;
  /** Several issuers, in place of the options above. As `OIDC_ISSUERS`. */
  readonly oidcIssuers?: readonly IssuerOptions[] | undefined;
  /** The algorithms that a token may be signed with. As `OIDC_ALGORITHMS`. @default RS256, PS256, ES256, EdDSA */
  readonly oidcAlgorithms?: readonly string[] | undefined;
  /** How far clocks may be apart, in seconds. As `OIDC_CLOCK_TOLERANCE_SECONDS`. @default 60 */
  readonly oidcClockToleranceSeconds?: number | undefined;
  /** Tenants whose users may call, however they are identified. As `ALLOWED_TENANTS`. @default all */
  readonly allowedTenants?: readonly string[] | undefined;
  /** A secret of at least 32 characters that user ids are keyed with, for ever. As `USER_ID_SECRET`. */
  readonly userIdSecret?: string | undefined;
  /** The chat page as a client of the issuer, where its users sign in. As `SIGN_IN_CLIENT_ID`. */
  readonly signInClientId?: string | undefined;
  /** The scope that the page asks for. As `SIGN_IN_SCOPE`. @default 'openid profile offline_access' */
  readonly signInScope?: string | undefined;
  /** Parameters that the provider wants besides, as a query. As `SIGN_IN_PARAMETERS`. */
  readonly signInParameters?: string | undefined;
}

/**
 * The contexts of a tRPC application in which the caller is found without `identify`: the request's headers are in them.
 *
 * @example
 * ```ts
 * const createContext = ({ req }: { req: Request }): ContextWithHeaders => ({ headers: req.headers });
 * ```
 */
export type ContextWithHeaders =
  | { readonly headers: HeadersLike }
  | { readonly req: { readonly headers: HeadersLike } };

type HeadersLike = Headers | Readonly<Record<string, string | readonly string[] | undefined>>;

type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent';

/**
 * The options of `createTurnkeeper`.
 *
 * @example
 * ```ts
 * const options: TurnkeeperOptions = { workflows: { dir: './workflows' }, authenticate: () => null };
 * ```
 */
export interface TurnkeeperOptions<
  Definition extends WorkflowDefinition = WorkflowDefinition,
  Context extends object = ContextWithHeaders,
> extends SettingOptions {
  /** Definitions made with `defineWorkflow`, or a folder of such files and JSON files (`WORKFLOWS_DIR`). */
  readonly workflows: readonly Definition[] | { readonly dir: string };
  /** An agent of yours (`turnkeeper/agents`), or one that Turnkeeper comes with. @default { provider: 'guided' } */
  readonly agent?: Agent | AgentOptions | undefined;
  /** Finds out who calls over HTTP. @default as `authMode` says, which production refuses */
  readonly authenticate?: Authenticate | undefined;
  /**
   * Finds out who calls through `router`, by your own context; `null` refuses the call.
   * @default `authenticate`, with the headers in the context
   */
  readonly identify?: ((context: Context) => Caller | null | Promise<Caller | null>) | undefined;
  /** A log of yours, or the level of one on standard output (`LOG_LEVEL`). @default 'silent' */
  readonly logger?: EventLogger | LogLevel | undefined;
  /** Is told every event: ids, numbers and reasons, never what anybody wrote. */
  readonly observer?: Observer | undefined;
  /** Environment variables for what is not given here; `process.env` takes them all. @default none */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
}
