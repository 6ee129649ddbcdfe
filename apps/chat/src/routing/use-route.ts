import { useMemo, useSyncExternalStore } from 'react';
import { hashOf, parseRoute } from './route.ts';
import type { Route } from './route.ts';

function subscribe(changed: () => void): () => void {
  window.addEventListener('hashchange', changed);
  return () => window.removeEventListener('hashchange', changed);
}

export function useRoute(): Route {
  const hash = useSyncExternalStore(
    subscribe,
    () => window.location.hash,
    () => '',
  );
  return useMemo(() => parseRoute(hash), [hash]);
}

export function navigate(route: Route): void {
  window.location.hash = hashOf(route);
}

/** Changes the address without a new entry in the browser's history. */
export function replaceRoute(route: Route): void {
  window.history.replaceState(window.history.state, '', hashOf(route));
  // `replaceState` fires no event, so the page has to.
  window.dispatchEvent(new HashChangeEvent('hashchange'));
}
