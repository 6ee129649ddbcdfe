import { useConversation, useDefinitions } from '@turnkeeper/client/react';
import { useEffect, useState } from 'react';
import type { JSX } from 'react';
import { LonePage } from '../parts/centered-page.tsx';
import { LoadFailure } from '../failures/load-failure.tsx';
import { focusMain } from '../parts/main.tsx';
import { useDocumentTitle } from '../parts/use-document-title.ts';
import { replaceRoute } from '../routing/use-route.ts';
import { ConversationScreen } from './conversation-screen.tsx';
import { Deleted } from './deleted.tsx';
import { Gone } from './gone.tsx';
import { Loading } from './loading.tsx';
import { definitionOf, isFinished } from './standing.ts';
import { UnknownWorkflow } from './unknown-workflow.tsx';

interface ConversationPageProps {
  readonly conversationId: string;
  /** Of a conversation that is to be opened. */
  readonly workflowId: string | undefined;
}

export function ConversationPage({ conversationId, workflowId }: ConversationPageProps): JSX.Element {
  const definitionsView = useDefinitions();
  const { definitions, error } = definitionsView;
  const isKnown = definitionOf(workflowId ?? null, definitions) !== null;
  const view = useConversation({ conversationId, workflowId, open: isKnown });
  const definition = definitionOf(view.workflowId ?? workflowId ?? null, definitions);
  useDocumentTitle(definition?.title ?? null);

  const [isPurging, setIsPurging] = useState(false);
  const { status } = view;
  const isThere = status === 'active' || isFinished(view);
  useEffect(() => {
    // From here on a reload must not open it anew, should it be gone by then.
    if (isThere && workflowId !== undefined) replaceRoute({ page: 'conversation', conversationId });
  }, [isThere, workflowId, conversationId]);

  useEffect(() => {
    // It may have gone while it was looked at, and what had the focus with it.
    if (status === 'gone' && document.activeElement === document.body) focusMain();
  }, [status]);

  if (status === 'gone' && isPurging) return <Deleted />;
  // An address that can't be any conversation's leads nowhere, however often it is tried.
  if (status === 'gone' || (status === 'failed' && view.error?.reason === 'INVALID_INPUT')) return <Gone />;
  if (status === 'failed' || (definitions === undefined && error !== null)) {
    return (
      <LonePage>
        <h1 className="visually-hidden">Conversation</h1>
        <LoadFailure
          error={view.error ?? error}
          onRetry={() => {
            if (status === 'failed') view.refetch();
            if (error !== null) definitionsView.refetch();
          }}
        />
      </LonePage>
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
