import { agentFaults } from './agent-faults.ts';
import type { Environment, EnvironmentFault } from './fault.ts';
import { isLoopback } from './is-loopback.ts';
import { redisFaults } from './redis-faults.ts';
import { settingsOf } from './settings.ts';
import type { Settings } from './settings.ts';
import { variables } from './variables.ts';

export type { AgentSettings, CopilotStudioSettings } from './agent-settings.ts';
export type { Settings } from './settings.ts';

type ParsedEnvironment =
  | { readonly ok: true; readonly settings: Settings }
  | { readonly ok: false; readonly faults: readonly EnvironmentFault[] };

/**
 * Reads the server's settings. Every fault is listed at once, none with the value of a secret; variables that are not
 * the server's are ignored, and an empty one counts as unset.
 */
export function parseEnvironment(env: Environment): ParsedEnvironment {
  const given: Record<string, string> = {};
  for (const name of Object.keys(variables.shape)) {
    const value = env[name]?.trim() ?? '';
    if (value !== '') given[name] = value;
  }
  const parsed = variables.safeParse(given);
  const faults = [
    ...(parsed.error?.issues ?? []).map(({ path, message }) => {
      const name = String(path[0]);
      return { name, message: `${message}${shownValue(name, given[name])}` };
    }),
    ...combinationFaults(given),
    ...redisFaults(given),
    ...agentFaults(given),
  ];
  if (!parsed.success || faults.length > 0) return { ok: false, faults };
  return { ok: true, settings: settingsOf(parsed.data) };
}

/** Every variable that the server reads, with its default as one would write it (null: none) and its meaning. */
export function describeEnvironment(): { name: string; default: string | null; meaning: string }[] {
  return Object.entries(variables.shape).map(([name, schema]) => ({
    name,
    default: schema.type === 'prefault' ? schema.def.defaultValue : null,
    meaning: schema.description ?? '',
  }));
}

/** What no variable alone can be blamed for. Looks at the raw values, so that it is told beside other faults. */
function combinationFaults(given: Environment): EnvironmentFault[] {
  const faults: EnvironmentFault[] = [];
  const isProduction = given['NODE_ENV'] === 'production';
  const authMode = given['AUTH_MODE'] ?? 'dev';
  if (isProduction && given['REDIS_URL'] === undefined) {
    faults.push({
      name: 'REDIS_URL',
      message: "must be set when NODE_ENV is production: the server's own Redis is for development",
    });
  }
  if (authMode === 'dev' && isProduction) {
    faults.push({
      name: 'AUTH_MODE',
      message:
        'must not be dev when NODE_ENV is production: it believes whatever user the caller claims to be',
    });
  }
  if (isProduction && given['SHOW_ERROR_CAUSES'] === 'true') {
    faults.push({
      name: 'SHOW_ERROR_CAUSES',
      message:
        'must not be true when NODE_ENV is production: causes and stacks tell callers about the server',
    });
  }
  if (authMode === 'dev' && !isLoopback(given['HOST'] ?? '127.0.0.1')) {
    faults.push({
      name: 'HOST',
      message:
        'must be a loopback address (127.0.0.1, ::1 or localhost) while AUTH_MODE is dev, which believes whatever user ' +
        'the caller claims to be',
    });
  }
  return faults;
}

/** Secrets, and what one might stand in: a URL, or an id that was mistaken for one. */
const hidden = /_URLS?$|PASSWORD|SECRET|_TOKEN$|_KEY$|_ID$|AUTHORITY/;

function shownValue(name: string, value: string | undefined): string {
  return hidden.test(name) || value === undefined ? '' : `; it is ${JSON.stringify(value.slice(0, 100))}`;
}
