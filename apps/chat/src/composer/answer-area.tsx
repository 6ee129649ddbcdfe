import type { DefinitionResult } from '@turnkeeper/client';
import type { ConversationView } from '@turnkeeper/client/react';
import { useImperativeHandle, useRef } from 'react';
import type { JSX, Ref } from 'react';
import { Notices } from './notices.tsx';
import { isFinished } from '../workflow/conversation-view.ts';
import { Composer } from './composer.tsx';
import { canSend, withText } from './draft.ts';
import { useDraft } from './use-draft.ts';
import { useStop } from './use-stop.ts';

/** The way for the rest of the page to the text box. */
export interface AnswerAreaHandle {
  /** Puts a text in front of the draft, and the focus into the box. */
  readonly edit: (text: string | null) => void;
}

interface AnswerAreaProps {
  readonly view: ConversationView;
  readonly definition: DefinitionResult | null;
  readonly ref: Ref<AnswerAreaHandle>;
}

/**
 * Everything below the transcript. The draft is its state and nobody else's, so that a key renders the composer alone,
 * however long the conversation is.
 */
export function AnswerArea({ view, definition, ref }: AnswerAreaProps): JSX.Element {
  const [draft, setDraft] = useDraft(view);
  const boxRef = useRef<HTMLTextAreaElement>(null);
  useImperativeHandle(ref, () => ({
    edit: (text) => {
      if (text !== null) setDraft(withText(draft, text));
      boxRef.current?.focus();
    },
  }));
  const stop = useStop(view, (words) => setDraft(withText(draft, words)));
  const interrupt = (): void => {
    if (view.isSending) {
      view.retry({ whenBusy: 'interrupt' });
    } else {
      view.send(draft, { whenBusy: 'interrupt' });
      setDraft('');
    }
  };
  return (
    <>
      <Notices view={view} canSend={canSend(draft)} onInterrupt={interrupt} />
      {!isFinished(view) && (
        <Composer
          view={view}
          definition={definition}
          boxRef={boxRef}
          stop={stop}
          draft={draft}
          onDraft={setDraft}
        />
      )}
      <p className="visually-hidden" role="status">
        {stop.outcome}
      </p>
    </>
  );
}
