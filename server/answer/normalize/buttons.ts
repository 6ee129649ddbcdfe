import { z } from 'zod';
import { toBoundedJson } from '../../domain/json.ts';
import { limits } from '../../domain/limits.ts';
import { isWebAddress } from '../../domain/web-address.ts';
import { isJsonObject } from './json-object.ts';
import type { JsonObject } from './json-object.ts';
import { cut } from '../text/visible-text.ts';
import type { Reading } from './reading.ts';

/** What becomes of a card action of the Activity protocol. */
export type Button =
  /** Says something for the person. */
  | { readonly kind: 'say'; readonly title: string; readonly value: string }
  /** Gives the agent something back that is not text; `said` where only a text can be given. */
  | { readonly kind: 'submit'; readonly title: string; readonly said: string; readonly data: JsonObject }
  | { readonly kind: 'open'; readonly title: string; readonly url: string }
  /** What a client in a browser cannot do, told in words. */
  | { readonly kind: 'words'; readonly words: string };

const word = z.string().trim().min(1).optional().catch(undefined);
const buttonSchema = z.looseObject({
  type: word,
  title: word,
  text: word,
  displayText: word,
  value: z.unknown().optional(),
});

type Read = z.infer<typeof buttonSchema>;

/** `null` for one that is not understood, or leads to what is no web address. */
export function readButton(candidate: unknown, reading: Reading): Button | null {
  const parsed = buttonSchema.safeParse(candidate);
  const button = parsed.success ? toButton(parsed.data) : null;
  if (button === null) reading.report('buttons: one that is not understood, or leads nowhere, was left out');
  return button;
}

function toButton(button: Read): Button | null {
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

/** A text is said for the person, an object is submitted: only that keeps what the agent wants back. */
function sayOrSubmit({ title, text, displayText }: Read, value: unknown): Button | null {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') {
    return say(title, String(value));
  }
  const label = title ?? displayText ?? text;
  const data = toBoundedJson(value);
  if (label === undefined || !data.ok || !isJsonObject(data.value)) return null;
  const said = cut(text ?? label, limits.textChars);
  return { kind: 'submit', title: titleOf(label), said, data: data.value };
}

function openAddress({ title, value }: Read): Button | null {
  if (typeof value !== 'string' || value.length > limits.attachmentUrlChars || !isWebAddress(value)) {
    return null;
  }
  return { kind: 'open', title: titleOf(title ?? value), url: value };
}

function call({ title, value }: Read): Button | null {
  if (typeof value !== 'string' && typeof value !== 'number') return null;
  const number = String(value).replace(/^tel:/i, '');
  return { kind: 'words', words: title === undefined ? number : `${title}: ${number}` };
}

function say(title: string | undefined, value: string): Button | null {
  const said = value.trim() === '' ? title : value;
  if (said === undefined) return null;
  return { kind: 'say', title: titleOf(title ?? said), value: cut(said, limits.textChars) };
}

function titleOf(text: string): string {
  return cut(text, limits.suggestedActionTitleChars);
}
