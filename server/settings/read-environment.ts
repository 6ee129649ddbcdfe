import type { z } from 'zod';
import { agentSettings, agentVariables } from './agents.ts';
import { authSettings, authVariables } from './auth.ts';
import { coreSettings, coreVariables } from './core.ts';
import { isCrossFault } from './cross-rules.ts';
import { limitSettings, limitVariables } from './limits.ts';
import { pageSettings, pageVariables } from './page.ts';
import { redisSettings, redisVariables } from './redis.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** The server's settings, complete with defaults. A part takes those that it uses: `Pick<Settings, …>`. */
export type Settings = z.output<typeof coreSettings> &
  z.output<typeof limitSettings> &
  z.output<typeof pageSettings> &
  z.output<typeof redisSettings> &
  z.output<typeof agentSettings> &
  z.output<typeof authSettings>;

/** One variable that is wrong, and what it must be. Reads as a sentence: `PORT must be …`. */
interface EnvironmentFault {
  readonly name: string;
  readonly message: string;
}

type ParsedEnvironment =
  | { readonly ok: true; readonly settings: Settings }
  | { readonly ok: false; readonly faults: readonly EnvironmentFault[] };

const variables = {
  ...coreVariables,
  ...limitVariables,
  ...pageVariables,
  ...redisVariables,
  ...agentVariables,
  ...authVariables,
};

export type VariableName = keyof typeof variables;

/** The names of all variables that the server reads. */
export const variableNames: readonly string[] = Object.keys(variables);
/** The names of those that only choose and configure an agent. */
export const agentVariableNames: readonly string[] = Object.keys(agentVariables);

interface Reading {
  /**
   * Code brings the authenticator, so of the variables about callers only its time and the allowed tenants count.
   * @default false
   */
  readonly hasAuthenticator?: boolean;
}

/**
 * Reads the server's settings. Lists every fault at once, none with the value of a secret. Ignores variables that are
 * not the server's, and takes an empty one for unset.
 */
export function parseEnvironment(
  env: Environment,
  { hasAuthenticator = false }: Reading = {},
): ParsedEnvironment {
  const given: Record<string, string> = {};
  for (const name of variableNames) {
    const value = env[name]?.trim() ?? '';
    if (value !== '') given[name] = value;
  }
  const core = coreSettings.safeParse(given);
  const limits = limitSettings.safeParse(given);
  const page = pageSettings.safeParse(given);
  const redis = redisSettings.safeParse(given);
  const agent = agentSettings.safeParse(given);
  const { AUTH_TIMEOUT_MS, ALLOWED_TENANTS } = given;
  const auth = authSettings.safeParse(hasAuthenticator ? { AUTH_TIMEOUT_MS, ALLOWED_TENANTS } : given);
  if (core.success && limits.success && page.success && redis.success && agent.success && auth.success) {
    return {
      ok: true,
      settings: {
        ...{ ...core.data, ...limits.data, ...page.data },
        ...{ ...redis.data, ...agent.data, ...auth.data },
      },
    };
  }
  const issues = [core, limits, page, redis, agent, auth].flatMap(({ error }) => error?.issues ?? []);
  return { ok: false, faults: faultsOf(issues, given) };
}

/** Two groups report the same fault of a variable that the rules of both look at: it is listed once. */
function faultsOf(
  issues: readonly z.core.$ZodIssue[],
  given: Readonly<Record<string, string>>,
): EnvironmentFault[] {
  const faults = new Map<string, EnvironmentFault>();
  for (const issue of issues) {
    const name = String(issue.path[0]);
    const value = isCrossFault(issue) ? '' : shownValue(name, given[name]);
    faults.set(`${name} ${issue.message}`, { name, message: `${issue.message}${value}` });
  }
  return [...faults.values()];
}

/** Every variable that the server reads, with its default as one would write it (null: none) and its meaning. */
export function describeEnvironment(): { name: string; default: string | null; meaning: string }[] {
  return Object.entries(variables).map(([name, schema]) => ({
    name,
    default: schema.type === 'prefault' ? schema.def.defaultValue : null,
    meaning: schema.description ?? '',
  }));
}

/** Secrets, and variables that may hold one by mistake: a URL, or an id. */
const hidden = /_URLS?$|_ISSUERS?$|PASSWORD|SECRET|_TOKEN$|_KEY$|_ID$|AUTHORITY/;

function shownValue(name: string, value: string | undefined): string {
  return hidden.test(name) || value === undefined ? '' : `; it is ${JSON.stringify(value.slice(0, 100))}`;
}
