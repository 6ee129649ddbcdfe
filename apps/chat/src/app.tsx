import { useEffect, useRef } from 'react';
import type { JSX } from 'react';
import { ConversationPage } from './conversation/conversation-page.tsx';
import { SkipLink, focusMain } from './parts/page-frame.tsx';
import type { Route } from './routing/route.ts';
import { useRoute } from './routing/use-route.ts';
import { StartPage } from './start/start-page.tsx';

export function App(): JSX.Element {
  const route = useRoute();
  const pageKey = pageKeyOf(route);
  const shownKey = useRef(pageKey);

  useEffect(() => {
    if (shownKey.current === pageKey) return;
    shownKey.current = pageKey;
    // Users of a screen reader or a keyboard start at the top of a new page.
    focusMain();
  }, [pageKey]);

  return (
    <>
      <SkipLink />
      {route.page === 'start' ? (
        <StartPage />
      ) : (
        <ConversationPage
          key={pageKey}
          conversationId={route.conversationId}
          workflowId={route.page === 'new' ? route.workflowId : undefined}
        />
      )}
    </>
  );
}

/** A conversation keeps its key when its first turn opens it, so its page is not mounted again. */
function pageKeyOf(route: Route): string {
  return route.page === 'start' ? 'start' : `conversation ${route.conversationId}`;
}
