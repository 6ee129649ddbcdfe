import type { Json } from '@turnkeeper/client';
import { useEffect, useEffectEvent, useRef } from 'react';
import type { JSX } from 'react';
import { renderCard } from './render-card.ts';
import type { CardSubmission } from './card-actions.ts';
import type { JsonNode } from './card-json.ts';
import type { RenderedCard } from './render-card.ts';

interface AdaptiveCardProps {
  readonly card: Json;
  readonly isAnswerable: boolean;
  readonly onSubmit: (submission: CardSubmission) => void;
  /** Called with all values when one of them changes. */
  readonly onEnter: (values: JsonNode) => void;
}

/** Renders a card once. Its inputs keep their values while the rest of the page changes. */
export default function AdaptiveCard({
  card,
  isAnswerable,
  onSubmit,
  onEnter,
}: AdaptiveCardProps): JSX.Element {
  const hostRef = useRef<HTMLDivElement>(null);
  const renderedRef = useRef<RenderedCard | null>(null);
  const submit = useEffectEvent(onSubmit);
  // Every page of the transcript brings the same card as a new object, so compare its JSON.
  const json = JSON.stringify(card);

  useEffect(() => {
    const rendered = renderCard(JSON.parse(json) as Json, (submission) => submit(submission));
    renderedRef.current = rendered;
    hostRef.current?.replaceChildren(rendered.element);
  }, [json]);

  // Runs after the effect above, on the card that it has rendered.
  useEffect(() => renderedRef.current?.setAnswerable(isAnswerable), [json, isAnswerable]);

  const noteValues = (): void => {
    const rendered = renderedRef.current;
    if (rendered !== null && isAnswerable) onEnter(rendered.values());
  };
  return <div ref={hostRef} className="adaptive-card" onInput={noteValues} />;
}
