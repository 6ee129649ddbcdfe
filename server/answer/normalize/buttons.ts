import type { SuggestedAction } from '../../../contract/message.ts';
import { z } from 'zod';
import { cutTo, isJsonObject, toBoundedJson } from '../../domain/json.ts';
import type { JsonObject } from '../../domain/json.ts';
import { limits } from '../../domain/limits.ts';
import { isWebAddress } from '../../domain/web-address.ts';
import type { SaidActivity } from '../read-answer.ts';
import type { MessageDraft, NormalizeContext } from './normalize-context.ts';

/** A card action of the Activity protocol, by what it does here. */
export type Button =
  /** It says something for the person. */
  | { readonly kind: 'say'; readonly title: string; readonly value: string }
  /** It gives the agent data back; `said` where only a text can be given. */
  | { readonly kind: 'submit'; readonly title: string; readonly said: string; readonly data: JsonObject }
  | { readonly kind: 'open'; readonly title: string; readonly url: string }
  /** A client in a browser cannot do it, and shows these words instead. */
  | { readonly kind: 'words'; readonly words: string };

const word = z.string().trim().min(1).optional().catch(undefined);
const buttonSchema = z.looseObject({
  type: word,
  title: word,
  text: word,
  displayText: word,
  value: z.unknown().optional(),
});

type ReadButton = z.infer<typeof buttonSchema>;

/** Returns `null` for a button that is not understood, or does not lead to a web address. */
export function readButton(candidate: unknown, context: NormalizeContext): Button | null {
  const parsed = buttonSchema.safeParse(candidate);
  const button = parsed.success ? toButton(parsed.data) : null;
  if (button === null) context.report('buttons: one that is not understood, or leads nowhere, was left out');
  return button;
}

function toButton(button: ReadButton): Button | null {
  switch (button.type) {
    case undefined:
    case 'imBack':
    case 'postBack':
      return sayOrSubmit(button, button.value ?? button.title);
    case 'messageBack':
      return sayOrSubmit(button, button.value ?? button.text ?? button.title);
    case 'openUrl':
    case 'signin':
    case 'downloadFile':
    case 'showImage':
    case 'playAudio':
    case 'playVideo':
    case 'openApp':
      return openAddress(button);
    case 'call':
      return call(button);
    default:
      return null;
  }
}

/** Says a text for the person, and submits an object: only that keeps the data that the agent wants back. */
function sayOrSubmit({ title, text, displayText }: ReadButton, value: unknown): Button | null {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') {
    return say(title, String(value));
  }
  const label = title ?? displayText ?? text;
  const data = toBoundedJson(value);
  if (label === undefined || !data.ok || !isJsonObject(data.value)) return null;
  const said = cutTo(text ?? label, limits.textChars);
  return { kind: 'submit', title: titleOf(label), said, data: data.value };
}

function openAddress({ title, value }: ReadButton): Button | null {
  if (typeof value !== 'string' || value.length > limits.attachmentUrlChars || !isWebAddress(value)) {
    return null;
  }
  return { kind: 'open', title: titleOf(title ?? value), url: value };
}

function call({ title, value }: ReadButton): Button | null {
  if (typeof value !== 'string' && typeof value !== 'number') return null;
  const number = String(value).replace(/^tel:/i, '');
  return { kind: 'words', words: title === undefined ? number : `${title}: ${number}` };
}

function say(title: string | undefined, value: string): Button | null {
  const said = value.trim() === '' ? title : value;
  if (said === undefined) return null;
  return { kind: 'say', title: titleOf(title ?? said), value: cutTo(said, limits.textChars) };
}

function titleOf(text: string): string {
  return cutTo(text, limits.suggestedActionTitleChars);
}

/** Returns the action of an Adaptive Card that a button is drawn as, if it is one. */
export function cardActionsOf(button: Button): JsonObject[] {
  switch (button.kind) {
    case 'submit':
      return [{ type: 'Action.Submit', title: button.title, data: button.data }];
    case 'open':
      return [{ type: 'Action.OpenUrl', title: button.title, url: button.url }];
    case 'say':
    case 'words':
      return [];
  }
}

const suggestedActionsSchema = z.looseObject({ actions: z.array(z.unknown()) });

interface Suggestions {
  readonly suggestions: readonly SuggestedAction[];
  /** Suggestions that lead somewhere instead of saying something. */
  readonly links: readonly Extract<Button, { readonly kind: 'open' }>[];
}

/** Reads the answers that an activity suggests. */
export function readSuggestedActions(
  { type, suggestedActions }: SaidActivity,
  context: NormalizeContext,
): Suggestions {
  const parsed = suggestedActionsSchema.safeParse(suggestedActions);
  if (type !== 'message' || !parsed.success) return { suggestions: [], links: [] };
  const { actions } = parsed.data;
  const buttons = context.buttons(actions).flatMap((action) => readButton(action, context) ?? []);
  return {
    suggestions: buttons.flatMap(suggestionOf),
    links: buttons.filter((button) => button.kind === 'open'),
  };
}

/** Returns the message with further suggestions on it. */
export function withSuggestions(
  draft: MessageDraft,
  suggestions: readonly SuggestedAction[],
  context: NormalizeContext,
): MessageDraft {
  if (suggestions.length === 0) return draft;
  const all = [...(draft.suggestedActions ?? []), ...suggestions];
  if (all.length > limits.suggestedActions) {
    context.report(`suggestedActions: only the first ${limits.suggestedActions} of a message were taken`);
  }
  return { ...draft, suggestedActions: all.slice(0, limits.suggestedActions) };
}

function suggestionOf(button: Button): SuggestedAction[] {
  switch (button.kind) {
    case 'say':
      return [{ title: button.title, value: button.value }];
    case 'submit':
      // A suggestion can only be said.
      return [{ title: button.title, value: button.said }];
    case 'open':
    case 'words':
      return [];
  }
}
