import { useEffect, useState } from 'react';
import type { JSX } from 'react';
import { CenteredPage } from '../parts/page-frame.tsx';
import { hashOf } from '../routing/route.ts';

/** Time before the page says that loading is slow, in ms. */
const slowAfterMs = 4_000;

export function Loading(): JSX.Element {
  const [isSlow, setIsSlow] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setIsSlow(true), slowAfterMs);
    return () => clearTimeout(timer);
  }, []);
  return (
    <CenteredPage isBusy>
      <h1 className="visually-hidden">Loading the conversation</h1>
      <p role="status">{isSlow && 'Still trying to load the conversation…'}</p>
      <div className="skeleton skeleton--line" />
      <div className="skeleton skeleton--block" />
      <div className="skeleton skeleton--block" />
    </CenteredPage>
  );
}

/** Shown to the user who has just ended the conversation with `purge`. */
export function Deleted(): JSX.Element {
  return (
    <NoConversation title="Deleted" explanation="The conversation has ended, and all its data was deleted." />
  );
}

export function Gone(): JSX.Element {
  return (
    <NoConversation
      title="This conversation is no longer here"
      explanation="It was deleted, or it expired because nobody used it for a while."
    />
  );
}

export function UnknownWorkflow(): JSX.Element {
  return (
    <NoConversation title="This workflow does not exist" explanation="It may have been renamed or removed." />
  );
}

interface NoConversationProps {
  readonly title: string;
  readonly explanation: string;
}

function NoConversation({ title, explanation }: NoConversationProps): JSX.Element {
  return (
    <CenteredPage>
      <h1>{title}</h1>
      <p>{explanation}</p>
      <a className="button" href={hashOf({ page: 'start' })}>
        All conversations
      </a>
    </CenteredPage>
  );
}
