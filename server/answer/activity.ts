import { z } from 'zod';
import { ownProperty, pruneDepth } from '../domain/json.ts';
import { limits } from '../domain/limits.ts';

const word = z.string().optional().catch(undefined);
const account = z.looseObject({ role: word }).optional().catch(undefined);

/**
 * The agent's wire unit, as far as it is read here (Activity protocol, Bot Framework schema 3.1). Everything is
 * optional and unknown keys pass: what an agent sends is input, not truth.
 */
export const activitySchema = z.looseObject({
  type: word,
  id: word,
  from: account,
  recipient: account,
  name: word,
  /** The agent's reason for ending its conversation. */
  code: z.unknown().optional(),
  text: word,
  textFormat: word,
  /** The words to be said aloud: plain text, or SSML. */
  speak: word,
  value: z.unknown().optional(),
  channelData: z.unknown().optional(),
  entities: z.array(z.unknown()).optional().catch(undefined),
  attachments: z.array(z.unknown()).optional().catch(undefined),
  suggestedActions: z.unknown().optional(),
});

/** One piece of an agent's answer, in the Activity protocol: a message, `typing`, or an event. */
export type Activity = z.infer<typeof activitySchema>;

/**
 * Returns whether an activity is for the person. The person's own words come back as echoes, and agents also write to
 * each other (skills, a person who takes over).
 */
export function isForUser({ from, recipient }: Activity): boolean {
  const to = recipient?.role?.toLowerCase() ?? '';
  return from?.role?.toLowerCase() !== 'user' && (to === '' || to === 'user');
}

interface ReadActivity {
  /** `null` when nothing of it could be read. */
  readonly activity: Activity | null;
  /** Characters that were read, as JSON. */
  readonly chars: number;
  /** The reason why a part was not read: fixed words, nothing that the agent wrote. */
  readonly issue: string | null;
}

interface ReadActivityJson {
  readonly json: unknown;
  readonly chars: number;
  /** True where a part was nested too deep to be read. */
  readonly isCut: boolean;
  /** True where it held too much to be read. */
  readonly isWide: boolean;
}

const cutIssue = `activities: what one held deeper than ${limits.activityDepth} levels was left out`;
const wideIssue = `activities: what one held beyond ${limits.activityValues} values was left out`;

/**
 * Copies an activity by way of its JSON, so that no live object of the agent's stays here. Parts without JSON (a cycle,
 * a BigInt, a getter that throws) are left out, and the rest is kept. Never throws.
 */
export function readActivity(value: unknown): ReadActivity {
  const whole = readActivityJson(() => value);
  if (whole !== null) return activityOf(whole, whole.isCut ? cutIssue : whole.isWide ? wideIssue : null);
  const parts = keysOf(value).flatMap(([key, part]) => {
    const read = readActivityJson(part);
    return read === null ? [] : [{ key, ...read }];
  });
  const json = parts.length === 0 ? null : Object.fromEntries(parts.map((part) => [part.key, part.json]));
  const chars = parts.reduce((sum, part) => sum + part.chars, 0);
  return activityOf({ json, chars }, 'activities: a part of one could not be read and was left out');
}

function activityOf(
  { json, chars }: Pick<ReadActivityJson, 'json' | 'chars'>,
  issue: string | null,
): ReadActivity {
  const parsed = activitySchema.safeParse(json);
  if (parsed.success) return { activity: parsed.data, chars, issue: issue ?? oddPart(json, parsed.data) };
  return { activity: null, chars, issue: 'activities: one that could not be read was left out' };
}

const readKeys = Object.keys(activitySchema.shape);

/** Names the first part that the schema dropped because it had the wrong type. */
function oddPart(json: unknown, activity: Activity): string | null {
  const odd = readKeys.find(
    (key) => activity[key] === undefined && (ownProperty(json, key) ?? null) !== null,
  );
  return odd === undefined ? null : `activities: a "${odd}" was not what it should be and was left out`;
}

function readActivityJson(read: () => unknown): ReadActivityJson | null {
  try {
    const { value, isCut, isWide } = pruneDepth(read());
    // Undefined for what JSON has no word for: a function, `undefined`.
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
