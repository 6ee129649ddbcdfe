import type { JSX, ReactNode } from 'react';

interface MessageItemProps {
  readonly from: 'user' | 'assistant';
  /** How far it has got, where it is not there yet. */
  readonly state?: string | null;
  readonly children: ReactNode;
}

/** One side's say in the list of messages. */
export function MessageItem({ from, state = null, children }: MessageItemProps): JSX.Element {
  const isUser = from === 'user';
  return (
    <li className={`message message--${isUser ? 'user' : 'agent'}`} data-sending={state !== null}>
      {!isUser && <span className="message__mark" aria-hidden="true" />}
      <div className="message__body">
        <span className="visually-hidden">{isUser ? 'You: ' : 'Agent: '}</span>
        {children}
        {state !== null && <span className="message__state">{state}</span>}
      </div>
    </li>
  );
}
