import type { DefinitionResult, Json } from '@turnkeeper/client';
import type { ConversationView } from '@turnkeeper/client/react';
import { useEffect, useRef } from 'react';
import type { JSX, RefObject } from 'react';
import { asksByCard, cardStates } from '../cards/card-actions.ts';
import { canUndo, sendOptionsOf } from '../workflow/conversation-view.ts';
import { findField } from '../workflow/field.ts';
import { AnswerBox } from './answer-box.tsx';
import { controlActionOf, offersOf } from './answer-options.ts';
import { canSend } from './draft.ts';
import { FieldControl } from './field-control.tsx';
import { OfferedAnswers } from './offered-answers.tsx';
import type { Stop } from './use-stop.ts';

interface ComposerProps {
  readonly view: ConversationView;
  readonly definition: DefinitionResult | null;
  readonly boxRef: RefObject<HTMLTextAreaElement | null>;
  readonly stop: Stop;
  readonly draft: string;
  readonly onDraft: (draft: string) => void;
}

/** Suggested answers, a control for the next field, and the text box. */
export function Composer(props: ComposerProps): JSX.Element {
  const { view, definition, boxRef, stop, draft, onDraft } = props;
  const composerRef = useRef<HTMLDivElement>(null);
  const { isSending, suggestedInput, pending } = view;
  useFocusAfterTurn(isSending, boxRef, composerRef);
  const stored = view.messages.filter(({ delivery }) => delivery === 'stored');
  // An open card is the control for the current question.
  const suggested = asksByCard(stored, cardStates(stored, view.status === 'active')) ? null : suggestedInput;
  const field = findField(definition, suggested?.field);
  const offers = offersOf(suggested, stored);

  const send = (sendNow: () => void): boolean => {
    if (isSending) return false;
    // The new turn replaces a failed one.
    if (pending?.phase === 'failed') view.discard();
    sendNow();
    return true;
  };
  const answer = (text: string): boolean => canSend(text) && send(() => view.send(text, sendOptionsOf(view)));
  const set = (name: string, value: Json): boolean =>
    send(() => view.setFields({ [name]: value }, sendOptionsOf(view)));

  return (
    <div ref={composerRef} className="composer" tabIndex={-1}>
      <OfferedAnswers
        offers={offers}
        label={field?.label ?? null}
        isSending={isSending}
        onAnswer={({ words, sets }) => (sets === null ? answer(words) : set(sets.field, sets.value))}
      />
      {field !== null && (
        <FieldControl
          // A new question gets an empty control.
          key={`${field.name} ${view.workflowState?.turnCount ?? 0}`}
          field={field}
          isSending={isSending}
          onValue={(value) => set(field.name, value)}
        />
      )}
      <AnswerBox
        boxRef={boxRef}
        field={field}
        hasControl={offers.length > 0 || (field !== null && controlActionOf(field.kind) !== null)}
        draft={draft}
        isSending={isSending}
        isRunning={stop.isRunning}
        onDraft={onDraft}
        onStop={() => {
          stop.stop();
          // The button disappears with the turn.
          if (!isSending) focusAnswer(boxRef, composerRef);
        }}
        onSend={() => {
          if (answer(draft)) onDraft('');
        }}
      />
      {canUndo(view) && (
        <div className="composer__more">
          <button
            type="button"
            className="link-button"
            aria-disabled={isSending}
            // The second click of a double click would take back another change.
            onClick={({ detail }) => detail < 2 && send(() => view.undo(sendOptionsOf(view)))}
          >
            Undo the last change
          </button>
        </div>
      )}
    </div>
  );
}

/**
 * Moves the focus to the text box when the user's own turn ends, because the button that they pressed may be gone. A
 * focus outside `main` stays. On a touch screen the composer gets the focus instead: focusing the box would open the
 * keyboard.
 */
function useFocusAfterTurn(
  isSending: boolean,
  boxRef: RefObject<HTMLTextAreaElement | null>,
  composerRef: RefObject<HTMLElement | null>,
): void {
  const wasSending = useRef(false);
  useEffect(() => {
    const hasEnded = wasSending.current && !isSending;
    wasSending.current = isSending;
    const active = document.activeElement;
    const isElsewhere = active !== null && active !== document.body && active.closest('main') === null;
    if (!hasEnded || isElsewhere || active === boxRef.current) return;
    focusAnswer(boxRef, composerRef);
  }, [isSending, boxRef, composerRef]);
}

function focusAnswer(
  boxRef: RefObject<HTMLTextAreaElement | null>,
  composerRef: RefObject<HTMLElement | null>,
): void {
  if (window.matchMedia('(pointer: coarse)').matches) composerRef.current?.focus({ preventScroll: true });
  else boxRef.current?.focus();
}
