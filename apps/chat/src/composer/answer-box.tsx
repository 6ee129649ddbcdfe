import { useId } from 'react';
import type { JSX, KeyboardEvent, RefObject } from 'react';
import { Icon } from '../parts/icon.tsx';
import type { Field, FieldKind } from '../workflow/field.ts';
import { canSay, excessOf } from './text-limit.ts';

interface AnswerBoxProps {
  readonly boxRef: RefObject<HTMLTextAreaElement | null>;
  readonly field: Field | null;
  /** Whether there is something else to answer with. */
  readonly hasControl: boolean;
  readonly draft: string;
  readonly isSending: boolean;
  readonly onDraft: (draft: string) => void;
  readonly onSend: () => void;
}

/** The box that takes any words, whatever control stands above it: an agent may understand more than that offers. */
export function AnswerBox(props: AnswerBoxProps): JSX.Element {
  const { boxRef, field, hasControl, draft, isSending, onDraft, onSend } = props;
  const onKeyDown = (event: KeyboardEvent): void => {
    // While a word is composed (Japanese, say), Enter ends that word.
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    onSend();
  };
  const excess = excessOf(draft);
  const excessId = useId();
  return (
    <form
      className="answer-box"
      onSubmit={(event) => {
        event.preventDefault();
        onSend();
      }}
    >
      <textarea
        ref={boxRef}
        className="answer-box__text"
        aria-label="Your answer"
        placeholder={hasControl ? 'Or in your own words' : 'Write an answer'}
        rows={Math.min(6, draft.split('\n').length)}
        aria-invalid={excess !== null}
        aria-describedby={excess === null ? undefined : excessId}
        dir="auto"
        inputMode={inputModeFor(field?.kind)}
        autoComplete="off"
        enterKeyHint="send"
        value={draft}
        onChange={({ target }) => onDraft(target.value)}
        onKeyDown={onKeyDown}
      />
      <button
        type="submit"
        className="answer-box__send"
        aria-label="Send"
        aria-disabled={isSending || !canSay(draft)}
      >
        <Icon name="send" />
      </button>
      <p id={excessId} className="answer-box__excess" role="status">
        {excess !== null && `${excess}: too long to be sent at once.`}
      </p>
    </form>
  );
}

/** The keyboard of a phone that fits; words can be written with each of them. */
function inputModeFor(kind: FieldKind | undefined): 'email' | 'url' | 'text' {
  switch (kind) {
    case 'email':
      return 'email';
    case 'web-address':
      return 'url';
    case 'yes-no':
    case 'choice':
    case 'number':
    case 'date':
    case 'date-time':
    case 'phone':
    case 'text':
    case 'other':
    case undefined:
      return 'text';
  }
}
