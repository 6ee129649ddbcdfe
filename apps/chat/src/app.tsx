import { useEffect, useRef } from 'react';
import type { JSX } from 'react';
import { ConversationPage } from './conversation/conversation-page.tsx';
import { SkipLink, focusMain } from './parts/main.tsx';
import type { Route } from './routing/route.ts';
import { useRoute } from './routing/use-route.ts';
import { StartPage } from './start/start-page.tsx';

export function App(): JSX.Element {
  const route = useRoute();
  const place = placeOf(route);
  const shownPlace = useRef(place);

  useEffect(() => {
    if (shownPlace.current === place) return;
    shownPlace.current = place;
    // Another page: who reads by ear or by keyboard starts at its top.
    focusMain();
  }, [place]);

  return (
    <>
      <SkipLink />
      {route.page === 'start' ? (
        <StartPage />
      ) : (
        <ConversationPage
          key={place}
          conversationId={route.conversationId}
          workflowId={route.page === 'new' ? route.workflowId : undefined}
        />
      )}
    </>
  );
}

/** A conversation stays the same place once it has been opened. */
function placeOf(route: Route): string {
  return route.page === 'start' ? 'start' : `conversation ${route.conversationId}`;
}
