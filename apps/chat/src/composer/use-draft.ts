import type { ConversationView } from '@turnkeeper/client/react';
import { useEffect, useEffectEvent, useRef, useState } from 'react';
import { keepText, keptText } from './kept-text.ts';
import { fateOf, hasWords, parseSentWords, withWords, withoutWords } from './sent-words.ts';
import type { SentWords } from './sent-words.ts';

/**
 * What is being written, kept for a reload of this tab. So are the words of a turn on its way: should the page be loaded
 * again before they are stored, they are in the box again, unless their turn goes on without the page.
 */
export function useDraft(
  view: ConversationView,
): readonly [draft: string, setDraft: (draft: string) => void] {
  const { conversationId, pending, messages, live, connection, status } = view;
  const draftKey = `turnkeeper-draft:${conversationId}`;
  const sentKey = `turnkeeper-sent:${conversationId}`;
  const [draft, setDraft] = useState(() => keptText(draftKey));
  const isOwnPending = useRef(false);

  const put = (text: string): void => {
    setDraft(text);
    keepText(draftKey, text);
  };
  const write = (text: string): void => {
    put(text);
    const sent = parseSentWords(keptText(sentKey));
    // Changed, they are a draft like any other.
    if (pending === null && sent !== null && !hasWords(text, sent.text)) keepText(sentKey, '');
  };

  const keepPending = useEffectEvent((turnId: string, text: string) => {
    if (parseSentWords(keptText(sentKey))?.turnId === turnId) return;
    const sent: SentWords = { turnId, text, after: view.workflowState?.turnCount ?? 0 };
    keepText(sentKey, JSON.stringify(sent));
  });
  const lookAfterEarlier = useEffectEvent(() => {
    const sent = parseSentWords(keptText(sentKey));
    if (sent === null) return;
    const fate = fateOf(sent, view);
    if (fate === 'unknown') return;
    const text = fate === 'lost' ? withWords(draft, sent.text) : withoutWords(draft, sent.text);
    if (text !== draft) put(text);
    if (fate === 'stored') keepText(sentKey, '');
  });

  useEffect(() => {
    if (pending?.input.type === 'text') {
      isOwnPending.current = true;
      keepPending(pending.turnId, pending.input.text);
    } else if (isOwnPending.current) {
      // It was seen through: stored, or taken back by the user.
      isOwnPending.current = false;
      keepText(sentKey, '');
    } else {
      lookAfterEarlier();
    }
  }, [pending, sentKey, messages, live, connection, status]);

  return [draft, write];
}
