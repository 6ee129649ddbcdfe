import { activitySchema } from './activity.ts';
import type { Activity } from './activity.ts';
import { limits } from '../domain/limits.ts';
import { ownProperty, pruneDepth } from '../domain/json.ts';

interface ReadActivity {
  /** `null` when nothing of it could be read. */
  readonly activity: Activity | null;
  /** How much was read, as JSON. */
  readonly chars: number;
  /** Why not all of it was read: fixed words, nothing of what the agent wrote. */
  readonly issue: string | null;
}

interface ReadJson {
  readonly json: unknown;
  readonly chars: number;
  /** Whether it was nested deeper than anything is read. */
  readonly isCut: boolean;
  /** Whether it held more than anything is read. */
  readonly isWide: boolean;
}

const cutIssue = `activities: what one held deeper than ${limits.activityDepth} levels was left out`;
const wideIssue = `activities: what one held beyond ${limits.activityValues} values was left out`;

/**
 * Takes an activity over as what its JSON says, so that nothing live of the agent's stays in our hands. What has no
 * JSON (what contains itself, a BigInt, a getter that throws) is left out, and the rest is kept. Never throws.
 */
export function readActivity(value: unknown): ReadActivity {
  const whole = readJson(() => value);
  if (whole !== null) return activityOf(whole, whole.isCut ? cutIssue : whole.isWide ? wideIssue : null);
  const parts = keysOf(value).flatMap(([key, part]) => {
    const read = readJson(part);
    return read === null ? [] : [{ key, ...read }];
  });
  const json = parts.length === 0 ? null : Object.fromEntries(parts.map((part) => [part.key, part.json]));
  const chars = parts.reduce((sum, part) => sum + part.chars, 0);
  return activityOf({ json, chars }, 'activities: a part of one could not be read and was left out');
}

function activityOf({ json, chars }: Pick<ReadJson, 'json' | 'chars'>, issue: string | null): ReadActivity {
  const parsed = activitySchema.safeParse(json);
  if (parsed.success) return { activity: parsed.data, chars, issue: issue ?? oddPart(json, parsed.data) };
  return { activity: null, chars, issue: 'activities: one that could not be read was left out' };
}

/** The first part that was there and is no more, because it was not what it should be. */
function oddPart(json: unknown, activity: Activity): string | null {
  const isGiven = (key: string): boolean => (ownProperty(json, key) ?? null) !== null;
  const odd = Object.keys(activitySchema.shape).find((key) => isGiven(key) && activity[key] === undefined);
  return odd === undefined ? null : `activities: a "${odd}" was not what it should be and was left out`;
}

function readJson(read: () => unknown): ReadJson | null {
  try {
    // Without a value for what JSON has no word for: a function, `undefined`.
    const { value, isCut, isWide } = pruneDepth(read());
    const text = JSON.stringify(value) as string | undefined;
    return text === undefined ? null : { json: JSON.parse(text), chars: text.length, isCut, isWide };
  } catch {
    return null;
  }
}

function keysOf(value: unknown): (readonly [string, () => unknown])[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [];
  try {
    return Object.keys(value).map((key) => [key, () => Reflect.get(value, key) as unknown] as const);
  } catch {
    return [];
  }
}
