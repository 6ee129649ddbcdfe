import type { DefinitionResult, Summary } from '@turnkeeper/client';
import type { ConversationView } from '@turnkeeper/client/react';
import { useEffect, useRef } from 'react';
import type { JSX } from 'react';
import { collectedOf } from '../workflow/conversation-view.ts';
import { Icon } from '../parts/icon.tsx';
import { hashOf, newConversationId } from '../routing/route.ts';
import { navigate } from '../routing/use-route.ts';
import { findField } from '../workflow/field.ts';
import { CopyButton } from '../parts/copy-button.tsx';
import { formatValue } from '../workflow/format-value.ts';
import { headlineOf, summaryAsText } from './summary-text.ts';

interface SummaryViewProps {
  readonly view: ConversationView;
  readonly summary: Summary;
  readonly definition: DefinitionResult | null;
  /** True if the conversation finished while it was shown: the summary then takes the focus. */
  readonly isNew: boolean;
}

/** The result of a finished conversation. */
export function SummaryView({ view, summary, definition, isNew }: SummaryViewProps): JSX.Element {
  const headingRef = useRef<HTMLHeadingElement>(null);
  const { status, workflowId, conversationId } = view;
  const isCompleted = status === 'completed';

  useEffect(() => {
    if (isNew) headingRef.current?.focus();
  }, [isNew]);

  const download = (): void =>
    downloadJson(`${workflowId ?? 'conversation'}-${conversationId}.json`, {
      conversationId,
      workflowId,
      outcome: view.workflowState?.outcome,
      collected: collectedOf(view),
      summary,
    });

  return (
    <section className="summary" aria-label="Summary">
      <div className="summary__head">
        <span className={`summary__mark summary__mark--${isCompleted ? 'done' : 'stopped'}`}>
          <Icon name={isCompleted ? 'check' : 'close'} />
        </span>
        <h2 ref={headingRef} tabIndex={-1}>
          {headlineOf(summary, isCompleted)}
        </h2>
      </div>
      {summary.whatHappensNext !== undefined && isCompleted && (
        <div className="summary__next">
          <h3>What happens next</h3>
          <p>{summary.whatHappensNext}</p>
        </div>
      )}
      {summary.reason !== undefined && <p className="summary__reason">{`Reason: ${summary.reason}`}</p>}
      <div className="summary__steps">
        {summary.steps
          .filter(({ fields }) => fields.length > 0)
          .map((step) => (
            <section key={step.id}>
              <h3>{step.title}</h3>
              <dl>
                {step.fields.map(({ field, label, value }) => (
                  <div key={field}>
                    <dt>{label}</dt>
                    <dd>{formatValue(value, findField(definition, field)?.kind ?? null)}</dd>
                  </div>
                ))}
              </dl>
            </section>
          ))}
      </div>
      <p className="summary__reference">
        {'Reference: '}
        <code>{conversationId}</code>
      </p>
      <div className="summary__actions">
        <button type="button" className="button" onClick={() => window.print()}>
          <Icon name="print" /> Print
        </button>
        <CopyButton
          label="Copy the summary"
          words="Copy"
          className="button button--quiet"
          text={summaryAsText(summary, { reference: conversationId, definition, isCompleted })}
        />
        <button type="button" className="button button--quiet" onClick={download}>
          <Icon name="download" /> Download as JSON
        </button>
        {definition !== null && (
          <button
            type="button"
            className="button button--quiet"
            onClick={() =>
              navigate({ page: 'new', workflowId: definition.id, conversationId: newConversationId() })
            }
          >
            Start another
          </button>
        )}
        <a className="button button--quiet" href={hashOf({ page: 'start' })}>
          All conversations
        </a>
      </div>
    </section>
  );
}

/** Downloads a value as a JSON file. */
function downloadJson(name: string, value: unknown): void {
  const url = URL.createObjectURL(new Blob([JSON.stringify(value, null, 2)], { type: 'application/json' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}
