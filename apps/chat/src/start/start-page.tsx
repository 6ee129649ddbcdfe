import { useConversations, useDefinitions } from '@turnkeeper/client/react';
import type { JSX } from 'react';
import { Main } from '../parts/main.tsx';
import { LoadFailure } from '../failures/load-failure.tsx';
import { SiteBar } from '../parts/site-bar.tsx';
import { useDocumentTitle } from '../parts/use-document-title.ts';
import { ConversationLists } from './conversation-lists.tsx';
import { WorkflowList } from './workflow-list.tsx';

export function StartPage(): JSX.Element {
  useDocumentTitle(null);
  const workflows = useDefinitions();
  const { definitions, error } = workflows;
  const conversations = useConversations();
  return (
    <div className="start">
      <SiteBar />
      <Main className="start__main">
        <h1>What would you like to get done?</h1>
        <p className="start__lead">
          An assistant takes you through it step by step. Stop whenever you like, and pick it up again later.
        </p>
        <section className="start__section" aria-labelledby="workflows">
          <h2 id="workflows">Workflows</h2>
          {definitions === undefined && error !== null ? (
            <LoadFailure error={error} onRetry={() => workflows.refetch()} />
          ) : (
            <WorkflowList definitions={definitions} />
          )}
        </section>
        <ConversationLists view={conversations} definitions={definitions} />
      </Main>
    </div>
  );
}
