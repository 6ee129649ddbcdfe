import type { Activity } from '../activity.ts';
import { limits } from '../limits.ts';
import type { Draft } from './draft.ts';
import { textOfMarkup } from './markup-text.ts';
import { cut, withoutStructure } from './visible-text.ts';
import type { Report } from './reading.ts';

/** What an activity says in words; where it only speaks, what it would say aloud. */
export function textDrafts(activity: Activity, report: Report): Draft[] {
  const { text = '', textFormat, speak = '', attachments = [] } = activity;
  const isXml = textFormat === 'xml';
  const isPlain = isXml || textFormat === 'plain' || activity.type === 'endOfConversation';
  const written = textDraft(isXml ? textOfMarkup(text) : text, isPlain ? 'plain' : 'markdown', report);
  if (written.length > 0 || attachments.length > 0) return written;
  return textDraft(textOfMarkup(speak), 'plain', report);
}

export function textDraft(text: string, format: 'markdown' | 'plain', report: Report): Draft[] {
  const visible = withoutStructure(text, limits.messageChars);
  if (visible === '') return [];
  if (visible.length > limits.messageChars) report(`text: was cut at ${limits.messageChars} characters`);
  return [{ kind: 'text', text: cut(visible, limits.messageChars), format }];
}
