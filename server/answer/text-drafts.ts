import type { Activity } from './activity.ts';
import type { TextPart } from './text/text-parts.ts';
import { cutTo } from '../domain/json.ts';
import { limits } from '../domain/limits.ts';
import { textOfMarkup } from './text/markup-text.ts';
import { withoutThoughts } from './text/thought-filter.ts';
import { partsOf, readableStart, visibleWords } from './text/visible-text.ts';

/** The words of a message that has no place in its turn yet. */
interface TextDraft {
  readonly kind: 'text';
  readonly text: string;
  readonly format: 'markdown' | 'plain';
}

/** Takes note of something left out, cut or not understood: in fixed words, with nothing that the agent wrote. */
export type Report = (issue: string) => void;

/** Returns an activity's words; where it only speaks, the words that it would say aloud. */
export function textDrafts(activity: Activity, report: Report): TextDraft[] {
  const { textFormat, attachments = [] } = activity;
  const text = readableStart(activity.text ?? '');
  const speak = readableStart(activity.speak ?? '');
  if (text.length < (activity.text ?? '').length)
    report(`text: only the first ${limits.readCharsOfText} characters were read`);
  const isXml = textFormat === 'xml';
  const isPlain = isXml || textFormat === 'plain' || activity.type === 'endOfConversation';
  const written = textDraft(
    isXml ? textOfMarkup(withoutThoughts(text)) : text,
    isPlain ? 'plain' : 'markdown',
    report,
  );
  if (written.length > 0 || attachments.length > 0) return written;
  return textDraft(textOfMarkup(withoutThoughts(speak)), 'plain', report);
}

export function textDraft(text: string, format: TextDraft['format'], report: Report): TextDraft[] {
  const parts = partsOf(text);
  if (parts.some(isStrayJson)) report(strayJson);
  const visible = visibleWords(parts).trim();
  if (visible === '') return [];
  if (visible.length > limits.messageChars) report(`text: was cut at ${limits.messageChars} characters`);
  return [{ kind: 'text', text: cutTo(visible, limits.messageChars), format }];
}

/** Reported for JSON that is neither an answer nor its structure, and so is not shown. */
export const strayJson = 'text: JSON that is not the structure was left out';

function isStrayJson({ words, readings }: TextPart): boolean {
  return words === '' && readings.length > 0 && readings.every(({ kind }) => kind !== 'contract');
}
