import { useMemo, useSyncExternalStore } from 'react';
import { hashOf, parseRoute } from './route.ts';
import type { Route } from './route.ts';

function subscribe(changed: () => void): () => void {
  window.addEventListener('hashchange', changed);
  return () => window.removeEventListener('hashchange', changed);
}

export function useRoute(): Route {
  const hash = useSyncExternalStore(subscribe, () => window.location.hash);
  return useMemo(() => parseRoute(hash), [hash]);
}

export function navigate(route: Route): void {
  window.location.hash = hashOf(route);
}

/** Goes on under another address, without a step that "back" would lead to. */
export function replaceRoute(route: Route): void {
  window.history.replaceState(window.history.state, '', hashOf(route));
  // The browser tells of addresses that it was asked to go to, not of this one.
  window.dispatchEvent(new HashChangeEvent('hashchange'));
}
