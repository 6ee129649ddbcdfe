import { readFile } from 'node:fs/promises';
import { parseEnvironment } from '../../../server/settings/read-environment.ts';
import type { Environment, Settings } from '../../../server/settings/read-environment.ts';

/** Reads a file of the project. */
export const read = (path: string): Promise<string> =>
  readFile(new URL(`../../../${path}`, import.meta.url), 'utf8');

/**
 * The settings of a server that is started with these variables.
 * @throws Error that lists what the server would refuse
 */
export function settingsOf(environment: Environment): Settings {
  const parsed = parseEnvironment(environment);
  if (parsed.ok) return parsed.settings;
  throw new Error(parsed.faults.map(({ name, message }) => `${name} ${message}`).join('\n'));
}

/** The settings of a server that is started with none. */
export const defaults = settingsOf({});

/** The time that a server which stops waits for the bytes of its last answers, in milliseconds. */
export const lastAnswersMs = 1_000;

const unitMs = { s: 1_000, m: 60_000 } as const;

/** Reads `40s` as milliseconds, as nginx and compose files write times. */
export function readDurationMs(text: string): number {
  const [, count = '', unit = ''] = /^(\d+)(s|m)$/.exec(text) ?? [];
  if (unit !== 's' && unit !== 'm') throw new Error(`not a time: ${text}`);
  return Number(count) * unitMs[unit];
}

/** Reads `512k` as bytes, as nginx writes sizes. */
export function readBytes(text: string): number {
  const [, count = ''] = /^(\d+)k$/.exec(text) ?? [];
  if (count === '') throw new Error(`not a size: ${text}`);
  return Number(count) * 1_024;
}

/** Returns the value of a directive that an nginx configuration has once. */
export function directiveOf(configuration: string, name: string): string {
  const [only, ...others] = configuration.matchAll(new RegExp(`^\\s*${name} ([^;]+);`, 'gm'));
  if (only?.[1] === undefined || others.length > 0)
    throw new Error(`${name} is there ${others.length + 1} times`);
  return only[1];
}
