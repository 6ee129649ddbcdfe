import type { ConversationView } from '@turnkeeper/client/react';
import { useEffect, useEffectEvent, useRef, useState } from 'react';
import { sentOutcomeOf, startsWithText, parseSentText, withText, withoutText } from './draft.ts';
import type { SentText } from './draft.ts';
import { keepText, keptText } from '../parts/tab-storage.ts';

/**
 * Keeps the draft through a reload of this tab, and the text of a turn that is being sent. If the page is reloaded
 * before that turn is stored, its text is put back into the box, unless the turn still runs on the server.
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
    const sent = parseSentText(keptText(sentKey));
    // An edited text is a draft like any other.
    if (pending === null && sent !== null && !startsWithText(text, sent.text)) keepText(sentKey, '');
  };

  const keepPending = useEffectEvent((turnId: string, text: string) => {
    if (parseSentText(keptText(sentKey))?.turnId === turnId) return;
    const sent: SentText = { turnId, text, after: view.workflowState?.turnCount ?? 0 };
    keepText(sentKey, JSON.stringify(sent));
  });
  const settleEarlierText = useEffectEvent(() => {
    const sent = parseSentText(keptText(sentKey));
    if (sent === null) return;
    const outcome = sentOutcomeOf(sent, view);
    if (outcome === 'unknown') return;
    const text = outcome === 'lost' ? withText(draft, sent.text) : withoutText(draft, sent.text);
    if (text !== draft) put(text);
    if (outcome === 'stored') keepText(sentKey, '');
  });

  useEffect(() => {
    if (pending?.input.type === 'text') {
      isOwnPending.current = true;
      keepPending(pending.turnId, pending.input.text);
    } else if (isOwnPending.current) {
      // This page saw the end of its turn: it was stored, or the user discarded it.
      isOwnPending.current = false;
      keepText(sentKey, '');
    } else {
      settleEarlierText();
    }
  }, [pending, sentKey, messages, live, connection, status]);

  return [draft, write];
}
