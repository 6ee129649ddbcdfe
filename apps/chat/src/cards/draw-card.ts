import type { Json } from '@turnkeeper/client';
import {
  AdaptiveCard,
  ExecuteAction,
  GlobalSettings,
  Media,
  OpenUrlAction,
  SerializationContext,
  SubmitAction,
} from 'adaptivecards';
import type { Action } from 'adaptivecards';
import { imageHosts } from '../transcript/image-hosts.ts';
import { safeImage } from '../transcript/safe-address.ts';
import { labelOf } from '../workflow/field.ts';
import { isNode } from './card-json.ts';
import type { JsonNode } from './card-json.ts';
import { withSafePictures } from './card-pictures.ts';
import { cardMarkdown } from './card-markdown.ts';
import { hostConfig } from './host-config.ts';
import { makeLinksSafe } from './make-links-safe.ts';
import { openInNewTab } from './open-in-new-tab.ts';

/** What somebody did on a card: its inputs submitted, or, where the action says a text instead, that text. */
export type CardSubmission =
  | { readonly kind: 'data'; readonly data: JsonNode; readonly action: string | undefined }
  | { readonly kind: 'text'; readonly text: string };

export interface DrawnCard {
  readonly element: HTMLElement;
  /** Whether something can be entered and submitted. What opens, leads away or unfolds works either way. */
  setAnswerable: (isAnswerable: boolean) => void;
}

AdaptiveCard.onProcessMarkdown = (text, result) => {
  result.outputHtml = cardMarkdown(text);
  result.didProcess = true;
};
// Those embed other sites' pages.
Media.customMediaPlayers = [];
// A card as a whole is nothing to act on.
GlobalSettings.setTabIndexAtCardRoot = false;

/** A card, drawn by Microsoft's renderer; where it can't draw it, a note that says so. */
export function drawCard(card: Json, submit: (submission: CardSubmission) => void): DrawnCard {
  const adaptiveCard = new AdaptiveCard();
  adaptiveCard.hostConfig = hostConfig;
  adaptiveCard.onExecuteAction = (action) => execute(action, submit);
  adaptiveCard.onAnchorClicked = (_element, anchor) => {
    openInNewTab(anchor.href);
    return true;
  };
  const element = render(adaptiveCard, card);
  if (element === null) return { element: undrawable(), setAnswerable: () => undefined };
  makeSafe(element);
  nameControls(element);
  return { element, setAnswerable: answerability(adaptiveCard, element) };
}

function render(adaptiveCard: AdaptiveCard, card: Json): HTMLElement | null {
  try {
    adaptiveCard.parse(withSafePictures(card), new SerializationContext());
    return adaptiveCard.render() ?? null;
  } catch {
    // The renderer was made for cards that keep to their schema; agents' need not.
    return null;
  }
}

function undrawable(): HTMLElement {
  const note = document.createElement('p');
  note.className = 'card__note';
  note.textContent = 'This card can’t be shown here.';
  return note;
}

function execute(action: Action, submit: (submission: CardSubmission) => void): void {
  if (action instanceof OpenUrlAction) {
    openInNewTab(action.url);
    return;
  }
  if (!(action instanceof SubmitAction || action instanceof ExecuteAction)) return;
  const verb = action instanceof ExecuteAction && action.verb !== '' ? action.verb : undefined;
  const data: unknown = action.data;
  if (typeof data === 'string' && data !== '') submit({ kind: 'text', text: data });
  else submit({ kind: 'data', data: asNode(data), action: verb ?? action.id ?? undefined });
}

/** What the renderer hands over is made of the card's JSON and of strings. */
function asNode(data: unknown): JsonNode {
  const copy = JSON.parse(JSON.stringify(data ?? {})) as Json;
  return isNode(copy) ? copy : {};
}

function makeSafe(element: HTMLElement): void {
  for (const image of element.querySelectorAll('img')) {
    image.referrerPolicy = 'no-referrer';
    if (safeImage(image.src, imageHosts()) === null) image.remove();
  }
  makeLinksSafe(element);
}

/** A control that its card gives no label at least has the name of what it is for. */
function nameControls(element: HTMLElement): void {
  for (const control of element.querySelectorAll<HTMLElement>('input, select, textarea')) {
    const isNamed = ['aria-label', 'aria-labelledby', 'placeholder'].some((name) =>
      control.hasAttribute(name),
    );
    const hasLabel =
      control.id !== '' && element.querySelector(`label[for="${CSS.escape(control.id)}"]`) !== null;
    // The renderer puts an input's own id on what is around its control.
    const own = control.closest('[id]:not([id^="__ac-"])');
    if (!isNamed && !hasLabel) control.setAttribute('aria-label', labelOf(own?.id ?? 'answer'));
  }
}

function answerability(card: AdaptiveCard, element: HTMLElement): (isAnswerable: boolean) => void {
  // What the agent itself disabled stays so.
  const submits = card
    .getAllActions()
    .filter((action) => action instanceof SubmitAction || action instanceof ExecuteAction)
    .filter(({ isEnabled }) => isEnabled);
  return (isAnswerable) => {
    for (const action of submits) action.isEnabled = isAnswerable;
    card.updateActionsEnabledState();
    for (const control of element.querySelectorAll<HTMLInputElement>('input, select, textarea')) {
      control.disabled = !isAnswerable;
    }
  };
}
