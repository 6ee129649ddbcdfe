import { useConversation, useDefinitions } from '@turnkeeper/client/react';
import { useEffect, useState } from 'react';
import type { JSX } from 'react';
import { useDocumentTitle } from '../parts/browser-hooks.ts';
import { LoadFailure } from '../parts/failures.tsx';
import { CenteredPage, focusMain } from '../parts/page-frame.tsx';
import { replaceRoute } from '../routing/use-route.ts';
import { ConversationScreen } from './conversation-screen.tsx';
import { preloadMarkdown } from '../transcript/markdown.tsx';
import { definitionOf, isFinished } from '../workflow/conversation-view.ts';
import { Deleted, Gone, Loading, UnknownWorkflow } from './other-pages.tsx';

interface ConversationPageProps {
  readonly conversationId: string;
  /** The workflow to open the conversation with; undefined if it exists already. */
  readonly workflowId: string | undefined;
}

export function ConversationPage({ conversationId, workflowId }: ConversationPageProps): JSX.Element {
  const definitionsView = useDefinitions();
  const { definitions, error } = definitionsView;
  const isKnown = definitionOf(workflowId ?? null, definitions) !== null;
  const view = useConversation({ conversationId, workflowId, open: isKnown });
  const definition = definitionOf(view.workflowId ?? workflowId ?? null, definitions);
  useDocumentTitle(definition?.title ?? null);
  useEffect(preloadMarkdown, []);

  const [isPurging, setIsPurging] = useState(false);
  const { status } = view;
  const isThere = status === 'active' || isFinished(view);
  useEffect(() => {
    // A later reload must not open the conversation again if it is gone by then.
    if (isThere && workflowId !== undefined) replaceRoute({ page: 'conversation', conversationId });
  }, [isThere, workflowId, conversationId]);

  useEffect(() => {
    // If the conversation disappears while it is shown, the focused element disappears with it.
    if (status === 'gone' && document.activeElement === document.body) focusMain();
  }, [status]);

  if (status === 'gone' && isPurging) return <Deleted />;
  // An invalid id can't name a conversation, so trying again is useless.
  if (status === 'gone' || (status === 'failed' && view.error?.reason === 'INVALID_INPUT')) return <Gone />;
  if (status === 'failed' || (definitions === undefined && error !== null)) {
    return (
      <CenteredPage>
        <h1 className="visually-hidden">Conversation</h1>
        <LoadFailure
          error={view.error ?? error}
          onRetry={() => {
            if (status === 'failed') view.refetch();
            if (error !== null) definitionsView.refetch();
          }}
        />
      </CenteredPage>
    );
  }
  if (status === 'loading' || definitions === undefined) return <Loading />;
  if (status === 'unopened' && !isKnown) return <UnknownWorkflow />;
  return (
    <ConversationScreen
      view={view}
      definition={definition}
      onEnd={(request) => {
        setIsPurging(request.purge === true);
        view.end(request);
      }}
    />
  );
}
