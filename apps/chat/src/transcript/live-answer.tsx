import type { LiveAnswer as Live } from '@turnkeeper/client/react';
import type { JSX } from 'react';
import { Markdown } from './markdown.tsx';
import { MessageItem } from './message-item.tsx';

/** The running turn's answer while it grows; silent, for the finished message is what is read aloud. */
export function LiveAnswer({ live }: { readonly live: Live | null }): JSX.Element {
  const texts = live?.texts.filter(({ text }) => text !== '') ?? [];
  const isWaiting = texts.length === 0 || live?.typing === true;
  return (
    <MessageItem from="assistant">
      {texts.map(({ streamId, text }) => (
        <div key={streamId} className="bubble bubble--agent bubble--growing">
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
