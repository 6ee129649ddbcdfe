import type { DefinitionResult } from '@turnkeeper/client';
import type { ConversationView } from '@turnkeeper/client/react';
import { useRef } from 'react';
import type { JSX, RefObject } from 'react';
import { asksByCard, cardStates } from '../cards/card-states.ts';
import { sendOptionsOf } from '../conversation/standing.ts';
import { findField } from '../workflow/field.ts';
import { AnswerBox } from './answer-box.tsx';
import { controlOf } from './control-of.ts';
import { FieldControl } from './field-control.tsx';
import { OfferedAnswers } from './offered-answers.tsx';
import { offersOf } from './offers.ts';
import { canSay } from './text-limit.ts';
import { useFocusAfterTurn } from './use-focus-after-turn.ts';

interface ComposerProps {
  readonly view: ConversationView;
  readonly definition: DefinitionResult | null;
  readonly boxRef: RefObject<HTMLTextAreaElement | null>;
  readonly draft: string;
  readonly onDraft: (draft: string) => void;
}

/** Everything to answer with: what is offered, a control that fits the next field, and a box for any words. */
export function Composer({ view, definition, boxRef, draft, onDraft }: ComposerProps): JSX.Element {
  const composerRef = useRef<HTMLDivElement>(null);
  const { isSending, suggestedInput, pending } = view;
  useFocusAfterTurn(isSending, boxRef, composerRef);
  const stored = view.messages.filter(({ delivery }) => delivery === 'stored');
  // A card that asks is the control then.
  const suggested = asksByCard(stored, cardStates(stored, view.status === 'active')) ? null : suggestedInput;
  const field = findField(definition, suggested?.field);
  const offers = offersOf(suggested, stored);

  const answer = (text: string): boolean => {
    if (isSending || !canSay(text)) return false;
    // A failed turn makes way for what is said instead of it.
    if (pending?.phase === 'failed') view.discard();
    view.send(text, sendOptionsOf(view));
    return true;
  };

  return (
    <div ref={composerRef} className="composer" tabIndex={-1}>
      <OfferedAnswers offers={offers} label={field?.label ?? null} isSending={isSending} onAnswer={answer} />
      {field !== null && (
        <FieldControl
          // Another question starts with an empty control.
          key={`${field.name} ${view.workflowState?.turnCount ?? 0}`}
          field={field}
          isSending={isSending}
          onAnswer={answer}
        />
      )}
      <AnswerBox
        boxRef={boxRef}
        field={field}
        hasControl={offers.length > 0 || (field !== null && controlOf(field) !== null)}
        draft={draft}
        isSending={isSending}
        onDraft={onDraft}
        onSend={() => {
          if (answer(draft)) onDraft('');
        }}
      />
    </div>
  );
}
