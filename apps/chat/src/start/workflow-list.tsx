import type { DefinitionResult } from '@turnkeeper/client';
import type { JSX } from 'react';
import { newConversationId } from '../routing/new-conversation-id.ts';
import { navigate } from '../routing/use-route.ts';

interface WorkflowListProps {
  /** Undefined until they are loaded. */
  readonly definitions: readonly DefinitionResult[] | undefined;
}

export function WorkflowList({ definitions }: WorkflowListProps): JSX.Element {
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
