import { useId } from 'react';
import type { JSX, KeyboardEvent, RefObject } from 'react';
import { Icon } from '../parts/icon.tsx';
import { autofillOf } from '../workflow/field.ts';
import type { PageField, PageFieldKind } from '../workflow/field.ts';
import { canSend, countOf, excessOf } from './draft.ts';

interface AnswerBoxProps {
  readonly boxRef: RefObject<HTMLTextAreaElement | null>;
  readonly field: PageField | null;
  /** True if the composer also shows a control or suggested answers. */
  readonly hasControl: boolean;
  readonly draft: string;
  readonly isSending: boolean;
  readonly onDraft: (draft: string) => void;
  readonly onSend: () => void;
  /** True while a turn runs, the user's own or another. */
  readonly isRunning: boolean;
  readonly onStop: () => void;
}

/** The text box. It is always there, because an agent may understand more than the control above it offers. */
export function AnswerBox(props: AnswerBoxProps): JSX.Element {
  const { boxRef, field, hasControl, draft, isSending, isRunning, onDraft, onSend, onStop } = props;
  const onKeyDown = (event: KeyboardEvent): void => {
    // An input method (for Japanese, for example) uses Enter to finish a word.
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    onSend();
  };
  const excess = excessOf(draft);
  const excessId = useId();
  const countId = useId();
  const count = countOf(draft, field?.maxLength ?? null);
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
        aria-describedby={excess !== null ? excessId : count === null ? undefined : countId}
        dir="auto"
        inputMode={inputModeFor(field?.kind)}
        autoComplete={field === null ? 'off' : autofillOf(field)}
        enterKeyHint="send"
        value={draft}
        onChange={({ target }) => onDraft(target.value)}
        onKeyDown={onKeyDown}
      />
      {isRunning && (
        <button
          type="button"
          className="answer-box__send answer-box__send--stop"
          aria-label="Stop"
          aria-keyshortcuts="Escape"
          // The second click of a double click on "Send" would stop what the first one sent.
          onClick={({ detail }) => detail < 2 && onStop()}
        >
          <Icon name="stop" />
        </button>
      )}
      {/* While another turn runs, an answer can be written already: it waits. */}
      {(!isRunning || (!isSending && canSend(draft))) && (
        <button
          type="submit"
          className="answer-box__send"
          aria-label="Send"
          aria-disabled={isSending || !canSend(draft)}
        >
          <Icon name="send" />
        </button>
      )}
      {count !== null && excess === null && (
        <p id={countId} className="answer-box__count" data-over={count.isOver}>
          {count.words}
        </p>
      )}
      <p id={excessId} className="answer-box__excess" role="status">
        {excess !== null && `${excess}: too long to send at once.`}
      </p>
    </form>
  );
}

/** Returns the phone keyboard for a field. Each of them can still type words. */
function inputModeFor(kind: PageFieldKind | undefined): 'email' | 'url' | 'text' {
  switch (kind) {
    case 'email':
      return 'email';
    case 'web-address':
      return 'url';
    case 'yes-no':
    case 'choice':
    case 'choices':
    case 'number':
    case 'date':
    case 'date-time':
    case 'time':
    case 'phone':
    case 'text':
    case 'long-text':
    case 'other':
    case undefined:
      return 'text';
  }
}
