import type { DefinitionResult } from '@turnkeeper/client';
import { useConversations, useDefinitions } from '@turnkeeper/client/react';
import type { JSX } from 'react';
import { useDocumentTitle } from '../parts/browser-hooks.ts';
import { LoadFailure } from '../parts/failures.tsx';
import { Main, SiteBar } from '../parts/page-frame.tsx';
import { newConversationId } from '../routing/route.ts';
import { navigate } from '../routing/use-route.ts';
import { ConversationLists } from './conversation-lists.tsx';

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

interface WorkflowListProps {
  /** Undefined while loading. */
  readonly definitions: readonly DefinitionResult[] | undefined;
}

function WorkflowList({ definitions }: WorkflowListProps): JSX.Element {
  if (definitions === undefined) {
    return (
      <div className="workflows" aria-busy="true">
        <div className="skeleton skeleton--card" />
        <div className="skeleton skeleton--card" />
        <div className="skeleton skeleton--card" />
      </div>
    );
  }
  return (
    <ul className="workflows">
      {definitions.map(({ id, title, description, steps }) => (
        <li key={id} className="workflow">
          <h3>{title}</h3>
          {description !== undefined && <p className="workflow__about">{description}</p>}
          <div className="workflow__foot">
            <p className="workflow__steps">{steps.length === 1 ? '1 step' : `${steps.length} steps`}</p>
            <button
              type="button"
              className="button"
              aria-label={`Start ${title}`}
              onClick={() => navigate({ page: 'new', workflowId: id, conversationId: newConversationId() })}
            >
              Start
            </button>
          </div>
        </li>
      ))}
    </ul>
  );
}
