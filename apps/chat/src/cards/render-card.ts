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
import type { CardSubmission } from './card-actions.ts';
import { imageHosts } from '../parts/picture.tsx';
import { safeImage } from '../parts/safe-address.ts';
import { labelOf } from '../workflow/field.ts';
import { isNode, withoutTurningMarksIn } from './card-json.ts';
import type { JsonNode } from './card-json.ts';
import { cardMarkdown, makeLinksSafe, openInNewTab, withSafePictures } from './card-safety.ts';
import { hostConfig } from './host-config.ts';

export interface RenderedCard {
  readonly element: HTMLElement;
  /** Enables or disables inputs and submit actions. Links and actions that show or hide parts always work. */
  setAnswerable: (isAnswerable: boolean) => void;
  /** Returns what is entered, by the ids of the inputs. */
  values: () => JsonNode;
}

AdaptiveCard.onProcessMarkdown = (text, result) => {
  result.outputHtml = cardMarkdown(text);
  result.didProcess = true;
};
// The default players embed pages of other sites.
Media.customMediaPlayers = [];
// Keeps the card itself out of the tab order: only its controls can be used.
GlobalSettings.setTabIndexAtCardRoot = false;

/** Renders a card with Microsoft's renderer. If that fails, the element is a note that says so. */
export function renderCard(card: Json, submit: (submission: CardSubmission) => void): RenderedCard {
  const adaptiveCard = new AdaptiveCard();
  adaptiveCard.hostConfig = hostConfig;
  adaptiveCard.onExecuteAction = (action) => execute(action, submit);
  adaptiveCard.onAnchorClicked = (_element, anchor) => {
    openInNewTab(anchor.href);
    return true;
  };
  const element = render(adaptiveCard, card);
  if (element === null) return { element: failureNote(), setAnswerable: () => undefined, values: () => ({}) };
  makeSafe(element);
  nameControls(element);
  return {
    element,
    setAnswerable: answerability(adaptiveCard, element),
    values: () => valuesOf(adaptiveCard),
  };
}

/** As texts, as they are submitted. */
function valuesOf(adaptiveCard: AdaptiveCard): JsonNode {
  return Object.fromEntries(
    adaptiveCard.getAllInputs().flatMap(({ id, value }): [string, string][] => {
      const entered: unknown = value;
      const isNumber = typeof entered === 'number' && !Number.isNaN(entered);
      if (id === undefined || !(isNumber || typeof entered === 'string')) return [];
      return [[id, String(entered)]];
    }),
  );
}

function render(adaptiveCard: AdaptiveCard, card: Json): HTMLElement | null {
  try {
    adaptiveCard.parse(withoutTurningMarksIn(withSafePictures(card)), new SerializationContext());
    return adaptiveCard.render() ?? null;
  } catch {
    // The renderer throws for some cards that break the schema, and an agent may send any.
    return null;
  }
}

function failureNote(): HTMLElement {
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

/** The renderer builds this data from the card's JSON and from strings, so it is JSON. */
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

/** Names each unlabelled control after the id of its input, for screen readers. */
function nameControls(element: HTMLElement): void {
  for (const control of element.querySelectorAll<HTMLElement>('input, select, textarea')) {
    const isNamed = ['aria-label', 'aria-labelledby', 'placeholder'].some((name) =>
      control.hasAttribute(name),
    );
    const hasLabel =
      control.id !== '' && element.querySelector(`label[for="${CSS.escape(control.id)}"]`) !== null;
    // The renderer sets the input's id on an element around its control.
    const own = control.closest('[id]:not([id^="__ac-"])');
    if (!isNamed && !hasLabel) control.setAttribute('aria-label', labelOf(own?.id ?? 'answer'));
  }
}

function answerability(card: AdaptiveCard, element: HTMLElement): (isAnswerable: boolean) => void {
  // Actions that the agent disabled stay disabled.
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
