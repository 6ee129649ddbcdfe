import type { Json } from '../../workflows/definition/json.ts';

/** "days: 5" for something that is collected: what to store instead. Anything else is no correction. */
export function readCorrection(words: string, collected: readonly string[]): Record<string, Json> | null {
  const [, name = '', value = ''] = /^(\w+)\s*:\s*(\S.*)$/.exec(words.trim()) ?? [];
  const known = collected.find((line) => line.startsWith(`${name}: `));
  if (value === '' || known === undefined) return null;
  return { [name]: known.startsWith(`${name}: "`) ? value : jsonOr(value) };
}

function jsonOr(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return text;
  }
}
