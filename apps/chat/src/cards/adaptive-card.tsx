import type { Json } from '@turnkeeper/client';
import { useEffect, useEffectEvent, useRef } from 'react';
import type { JSX } from 'react';
import { drawCard } from './draw-card.ts';
import type { CardSubmission, DrawnCard } from './draw-card.ts';

interface AdaptiveCardProps {
  readonly card: Json;
  readonly isAnswerable: boolean;
  readonly onSubmit: (submission: CardSubmission) => void;
}

/** A card that stays as it was drawn: what is entered in it survives whatever else changes on the page. */
export default function AdaptiveCard({ card, isAnswerable, onSubmit }: AdaptiveCardProps): JSX.Element {
  const hostRef = useRef<HTMLDivElement>(null);
  const drawnRef = useRef<DrawnCard | null>(null);
  const submit = useEffectEvent(onSubmit);
  // The same card comes as a new object with every page of the transcript.
  const json = JSON.stringify(card);

  useEffect(() => {
    const drawn = drawCard(JSON.parse(json) as Json, (submission) => submit(submission));
    drawnRef.current = drawn;
    hostRef.current?.replaceChildren(drawn.element);
  }, [json]);

  // After the other one: it is for what that has drawn.
  useEffect(() => drawnRef.current?.setAnswerable(isAnswerable), [json, isAnswerable]);

  return <div ref={hostRef} className="adaptive-card" />;
}
