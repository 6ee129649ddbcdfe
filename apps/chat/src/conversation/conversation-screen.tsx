import type { DefinitionResult, EndRequest } from '@turnkeeper/client';
import type { ConversationView } from '@turnkeeper/client/react';
import { useRef, useState } from 'react';
import type { JSX } from 'react';
import { Main } from '../parts/main.tsx';
import { CollectedAside } from '../collected/collected-aside.tsx';
import { CollectedDrawer } from '../collected/collected-drawer.tsx';
import { Composer } from '../composer/composer.tsx';
import { withWords } from '../composer/sent-words.ts';
import { canSay } from '../composer/text-limit.ts';
import { useDraft } from '../composer/use-draft.ts';
import { canComplete } from '../ending/can-complete.ts';
import { EndDialog } from '../ending/end-dialog.tsx';
import { SummaryView } from '../ending/summary-view.tsx';
import { StatusBadge } from '../parts/status-badge.tsx';
import { useMediaQuery } from '../parts/use-media-query.ts';
import { ProgressOverview } from '../progress/progress-overview.tsx';
import { Transcript } from '../transcript/transcript.tsx';
import { Announcer } from './announcer.tsx';
import { ConversationHeader } from './conversation-header.tsx';
import { Notices } from './notices.tsx';
import { collectedOf, isFinished, lastTurnOf } from './standing.ts';

interface ConversationScreenProps {
  readonly view: ConversationView;
  readonly onEnd: (request: EndRequest) => void;
  /** Null for a workflow that the server does not run any more. */
  readonly definition: DefinitionResult | null;
}

export function ConversationScreen({ view, definition, onEnd }: ConversationScreenProps): JSX.Element {
  const [draft, setDraft] = useDraft(view);
  const [isEnding, setIsEnding] = useState(false);
  const [wasFinished] = useState(isFinished(view));
  const boxRef = useRef<HTMLTextAreaElement>(null);
  const isWide = useMediaQuery('(min-width: 64rem)');
  const finished = isFinished(view);
  const { progress, summary } = view;
  const collected = collectedOf(view);
  // Once it has finished, the summary has it all.
  const side =
    definition === null || finished ? null : { definition, collected, lastTurn: lastTurnOf(view), progress };

  const edit = (): void => {
    const input = view.discard();
    if (input?.type === 'text') setDraft(withWords(draft, input.text));
    boxRef.current?.focus();
  };
  const interrupt = (): void => {
    if (view.isSending) {
      view.retry({ whenBusy: 'interrupt' });
    } else {
      view.send(draft, { whenBusy: 'interrupt' });
      setDraft('');
    }
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
          <Notices view={view} canSend={canSay(draft)} onInterrupt={interrupt} />
          {!finished && (
            <Composer view={view} definition={definition} boxRef={boxRef} draft={draft} onDraft={setDraft} />
          )}
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
