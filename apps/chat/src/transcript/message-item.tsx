import type { LiveAnswer as Live } from '@turnkeeper/client/react';
import type { JSX, ReactNode } from 'react';
import { assistantIcon } from '../parts/assistant.ts';
import { Markdown } from './markdown.tsx';

interface MessageItemProps {
  readonly from: 'user' | 'assistant';
  /** The delivery state, if the message is not stored yet. */
  readonly state?: string | null;
  /** True if the content begins with its speaker: "You set …". */
  readonly namesItself?: boolean;
  readonly children: ReactNode;
}

/** A group of messages from one side. */
export function MessageItem(props: MessageItemProps): JSX.Element {
  const { from, state = null, namesItself = false, children } = props;
  const isUser = from === 'user';
  return (
    <li className={`message message--${isUser ? 'user' : 'agent'}`} data-sending={state !== null}>
      {!isUser && <img className="message__mark" src={assistantIcon()} alt="" />}
      <div className="message__body">
        {!namesItself && <span className="visually-hidden">{isUser ? 'You: ' : 'Agent: '}</span>}
        {children}
        {state !== null && <span className="message__state">{state}</span>}
      </div>
    </li>
  );
}

/** The growing answer of the running turn. Screen readers hear only the finished message (Announcer). */
export function LiveAnswer({ live }: { readonly live: Live | null }): JSX.Element {
  const texts = live?.texts.filter(({ text }) => text !== '') ?? [];
  const isOutOfDate = live?.isOfFailedTry === true;
  const isWaiting = texts.length === 0 || live?.typing === true || isOutOfDate;
  return (
    <MessageItem from="assistant">
      {texts.map(({ streamId, text }) => (
        <div key={streamId} className="bubble bubble--agent bubble--growing" data-out-of-date={isOutOfDate}>
          <Markdown text={text} />
        </div>
      ))}
      {isWaiting && (
        <p className="typing">
          <span className="typing__dots" aria-hidden="true">
            <span />
            <span />
            <span />
          </span>
          <span className={live?.typingText == null ? 'visually-hidden' : 'typing__text'}>
            {live?.typingText ?? 'The agent is answering'}
          </span>
        </p>
      )}
    </MessageItem>
  );
}
