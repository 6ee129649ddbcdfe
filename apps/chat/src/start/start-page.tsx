import type { DefinitionResult } from '@turnkeeper/client';
import { useConversations, useDefinitions } from '@turnkeeper/client/react';
import { useEffect, useEffectEvent, useState } from 'react';
import type { JSX } from 'react';
import { useDocumentTitle, useMediaQuery } from '../parts/browser-hooks.ts';
import { LoadFailure } from '../parts/failures.tsx';
import { Icon } from '../parts/icon.tsx';
import { Main, SiteBar } from '../parts/page-frame.tsx';
import { newConversationId } from '../routing/route.ts';
import { navigate } from '../routing/use-route.ts';
import { ConversationList, MoreConversations } from './conversation-lists.tsx';
import { isFound, named } from './conversation-name.ts';

/** From so many conversations on, the list can be searched. */
const searchableFrom = 6;

export function StartPage(): JSX.Element {
  useDocumentTitle(null);
  const workflows = useDefinitions();
  const { definitions, error } = workflows;
  const view = useConversations({ limit: 50 });
  const [search, setSearch] = useState('');
  const isNarrow = useMediaQuery('(max-width: 47.99rem)');
  const { isLoadingMore, hasMore, conversations } = view;
  const isSearching = search.trim() !== '';
  // A search looks through all conversations, of which only the newest are loaded at first. Finished ones may be old.
  const needsMore = hasMore && !isLoadingMore && view.error === null && isSearching;
  const loadMore = useEffectEvent(() => view.loadMore());
  useEffect(() => {
    if (needsMore) loadMore();
  }, [needsMore]);

  const found = named(conversations, definitions).filter(
    ({ naming }) => !isSearching || isFound(search, naming),
  );
  const lists = { onDeleted: () => view.refetch() };
  const active = found.filter(({ conversation }) => conversation.status === 'active');
  const finished = found.filter(({ conversation }) => conversation.status !== 'active');
  const inProgress = <ConversationList key="active" title="In progress" conversations={active} {...lists} />;
  const catalogue = (
    <section key="workflows" className="start__section" aria-labelledby="workflows">
      <h2 id="workflows">Workflows</h2>
      {definitions === undefined && error !== null ? (
        <LoadFailure error={error} onRetry={() => workflows.refetch()} />
      ) : (
        <WorkflowList definitions={definitions} />
      )}
    </section>
  );
  const searchBox = conversations.length >= searchableFrom && (
    <label key="search" className="start__search">
      <span className="visually-hidden">Search your conversations</span>
      <Icon name="search" />
      <input
        className="input"
        type="search"
        placeholder="Search your conversations"
        value={search}
        onChange={({ target }) => setSearch(target.value)}
      />
    </label>
  );
  return (
    <div className="start">
      <SiteBar />
      <Main className="start__main">
        <h1>What would you like to get done?</h1>
        <p className="start__lead">
          An assistant takes you through it step by step. Stop whenever you like, and pick it up again later.
        </p>
        {/* On a phone, who comes back should not have to scroll past the catalogue. */}
        {isNarrow ? [searchBox, inProgress, catalogue] : [catalogue, searchBox, inProgress]}
        <ConversationList title="Finished" conversations={finished} {...lists} />
        <p className="start__empty" role="status">
          {isSearching && !isLoadingMore && found.length === 0 && 'No conversation has these words.'}
        </p>
        <MoreConversations view={view} isSearching={isSearching} />
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
