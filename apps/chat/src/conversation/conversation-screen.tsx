import type { DefinitionResult, EndRequest } from '@turnkeeper/client';
import type { ConversationView } from '@turnkeeper/client/react';
import { useRef, useState } from 'react';
import type { JSX, ReactNode } from 'react';
import { CollectedAside, CollectedDrawer } from '../collected/collected-data.tsx';
import { AnswerArea } from '../composer/answer-area.tsx';
import type { AnswerAreaHandle } from '../composer/answer-area.tsx';
import { EndDialog, canComplete } from '../ending/end-dialog.tsx';
import { SummaryView } from '../ending/summary-view.tsx';
import { useMediaQuery } from '../parts/browser-hooks.ts';
import { Icon } from '../parts/icon.tsx';
import { Main } from '../parts/page-frame.tsx';
import { StatusBadge } from '../parts/status-badge.tsx';
import { ThemeButton } from '../parts/theme.tsx';
import { SignOutButton } from '../parts/account.tsx';
import { ProgressOverview } from '../progress/progress-overview.tsx';
import { hashOf } from '../routing/route.ts';
import { Transcript } from '../transcript/transcript.tsx';
import { Announcer } from './announcer.tsx';
import { collectedOf, isFinished, lastTurnOf } from '../workflow/conversation-view.ts';

interface ConversationScreenProps {
  readonly view: ConversationView;
  readonly onEnd: (request: EndRequest) => void;
  /** Null for a workflow that the server no longer runs. */
  readonly definition: DefinitionResult | null;
}

export function ConversationScreen({ view, definition, onEnd }: ConversationScreenProps): JSX.Element {
  const [isEnding, setIsEnding] = useState(false);
  const [wasFinished] = useState(isFinished(view));
  const answerAreaRef = useRef<AnswerAreaHandle>(null);
  const isWide = useMediaQuery('(min-width: 64rem)');
  const finished = isFinished(view);
  const { progress, summary } = view;
  const collected = collectedOf(view);
  // The summary of a finished conversation shows the same data.
  const side =
    definition === null || finished ? null : { definition, collected, lastTurn: lastTurnOf(view), progress };

  const edit = (): void => {
    const input = view.discard();
    answerAreaRef.current?.edit(input?.type === 'text' ? input.text : null);
  };

  return (
    <div className="screen">
      <ConversationHeader
        title={definition?.title ?? view.workflowId ?? 'Conversation'}
        badge={finished && <StatusBadge outcome={view.workflowState?.outcome} />}
        actions={
          <>
            {side !== null && !isWide && <CollectedDrawer {...side} />}
            {view.status === 'active' && (
              <button type="button" className="button button--quiet" onClick={() => setIsEnding(true)}>
                <span>
                  End<span className="head__more"> conversation</span>
                </span>
              </button>
            )}
          </>
        }
      >
        {definition !== null && progress !== null && (
          <ProgressOverview
            definition={definition}
            progress={progress}
            collected={collected}
            summary={summary}
          />
        )}
      </ConversationHeader>
      <div className="screen__body">
        <Main className="screen__main">
          <Transcript
            view={view}
            definition={definition}
            onRetry={(whenBusy) => view.retry(whenBusy === null ? {} : { whenBusy })}
            onEdit={edit}
          >
            {finished && summary !== null && (
              <SummaryView view={view} summary={summary} definition={definition} isNew={!wasFinished} />
            )}
          </Transcript>
          <AnswerArea ref={answerAreaRef} view={view} definition={definition} />
        </Main>
        {side !== null && isWide && <CollectedAside {...side} />}
      </div>
      <Announcer
        view={view}
        stepTitle={definition?.steps.find(({ id }) => id === progress?.currentStep)?.title}
      />
      <EndDialog
        isOpen={isEnding && !finished}
        canComplete={canComplete(definition, progress?.currentStep, collected)}
        ending={view.ending}
        onEnd={onEnd}
        onClose={() => setIsEnding(false)}
      />
    </div>
  );
}

interface ConversationHeaderProps {
  readonly title: string;
  readonly badge: ReactNode;
  /** Buttons for the conversation as a whole. */
  readonly actions: ReactNode;
  /** Shown below the bar. */
  readonly children?: ReactNode;
}

function ConversationHeader({ title, badge, actions, children }: ConversationHeaderProps): JSX.Element {
  return (
    <header className="head">
      <div className="head__bar">
        <a className="icon-button" href={hashOf({ page: 'start' })} aria-label="All conversations">
          <Icon name="back" />
        </a>
        <h1 className="head__title">{title}</h1>
        {badge}
        <div className="head__actions">
          {actions}
          <span className="head__sign-out">
            <SignOutButton />
          </span>
          <ThemeButton />
        </div>
      </div>
      {children}
    </header>
  );
}
