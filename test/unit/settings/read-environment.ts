import { parseEnvironment } from '../../../server/settings/read-environment.ts';
import type { Settings } from '../../../server/settings/read-environment.ts';

type Env = Record<string, string | undefined>;

/** The settings of an environment that is right. */
export function settings(env: Env): Settings {
  const parsed = parseEnvironment(env);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.faults));
  return parsed.settings;
}

/** What is wrong with an environment, as it is printed. */
export function faults(env: Env): string[] {
  const parsed = parseEnvironment(env);
  return parsed.ok ? [] : parsed.faults.map(({ name, message }) => `${name} ${message}`);
}
