import { parseEnvironment } from '../../../server/settings/read-environment.ts';
import type { Settings } from '../../../server/settings/read-environment.ts';

type Env = Record<string, string | undefined>;

/** Reads the settings of a valid environment. */
export function settings(env: Env): Settings {
  const parsed = parseEnvironment(env);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.faults));
  return parsed.settings;
}

/** Returns the faults of an environment, as they are printed. */
export function faults(env: Env): string[] {
  const parsed = parseEnvironment(env);
  return parsed.ok ? [] : parsed.faults.map(({ name, message }) => `${name} ${message}`);
}
