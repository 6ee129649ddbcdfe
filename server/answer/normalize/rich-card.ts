import type { SuggestedAction } from '../../../contract/message.ts';
import { readButton } from './buttons.ts';
import type { Button } from './buttons.ts';
import { adaptiveCard, textBlock } from './card-elements.ts';
import type { JsonObject } from './json-object.ts';
import { heroBody, mediaBody, receiptBody, thumbnailBody } from './rich-card-bodies.ts';
import type { DrawBody } from './rich-card-bodies.ts';
import { richContentSchema } from './rich-content.ts';
import type { Reading } from './reading.ts';

const prefix = 'application/vnd.microsoft.card.';

const bodies: ReadonlyMap<string, DrawBody> = new Map([
  [`${prefix}hero`, heroBody],
  [`${prefix}thumbnail`, thumbnailBody],
  [`${prefix}receipt`, receiptBody],
  [`${prefix}signin`, heroBody],
  [`${prefix}oauth`, heroBody],
  [`${prefix}animation`, mediaBody('animation')],
  [`${prefix}audio`, mediaBody('audio')],
  [`${prefix}video`, mediaBody('video')],
]);

export function isRichCard(contentType: string): boolean {
  return bodies.has(contentType);
}

/** A rich card as an Adaptive Card, which every client can draw. */
export interface ConvertedCard {
  /** `null` when nothing is left to draw. */
  readonly card: JsonObject | null;
  /** Its buttons that say something for the person. */
  readonly suggestions: readonly SuggestedAction[];
}

export function convertRichCard(contentType: string, content: JsonObject, reading: Reading): ConvertedCard {
  const drawBody = bodies.get(contentType);
  const parsed = richContentSchema.safeParse(content);
  if (drawBody === undefined || !parsed.success) return { card: null, suggestions: [] };
  const buttons = reading.buttons(parsed.data.buttons).flatMap((button) => readButton(button, reading) ?? []);
  const tap = parsed.data.tap == null ? null : readButton(parsed.data.tap, reading);
  const tapped = tap === null ? undefined : actionsOf(tap)[0];
  const all = tap === null || tapped !== undefined ? buttons : [...buttons, tap];
  const called = all.flatMap((button) => (button.kind === 'words' ? [textBlock(button.words)] : []));
  const body = [...drawBody(parsed.data, reading), ...called];
  const actions = buttons.flatMap(actionsOf);
  return {
    card: body.length + actions.length === 0 ? null : adaptiveCard({ body, actions, selectAction: tapped }),
    suggestions: all.flatMap((button) =>
      button.kind === 'say' ? [{ title: button.title, value: button.value }] : [],
    ),
  };
}

export function actionsOf(button: Button): JsonObject[] {
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
