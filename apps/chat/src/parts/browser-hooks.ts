import { useCallback, useEffect, useEffectEvent, useRef, useSyncExternalStore } from 'react';
import { assistantName } from './assistant.ts';

export function useDocumentTitle(title: string | null): void {
  useEffect(() => {
    document.title = title === null ? assistantName() : `${title} · ${assistantName()}`;
  }, [title]);
}

function subscribe(changed: () => void): () => void {
  window.addEventListener('online', changed);
  window.addEventListener('offline', changed);
  return () => {
    window.removeEventListener('online', changed);
    window.removeEventListener('offline', changed);
  };
}

/** Returns whether the device has a network. The browser may know before a connection breaks. */
export function useIsOnline(): boolean {
  return useSyncExternalStore(
    subscribe,
    () => navigator.onLine,
    () => true,
  );
}

export function useMediaQuery(query: string): boolean {
  const subscribe = useCallback(
    (changed: () => void) => {
      const media = window.matchMedia(query);
      media.addEventListener('change', changed);
      return () => media.removeEventListener('change', changed);
    },
    [query],
  );
  return useSyncExternalStore(
    subscribe,
    () => window.matchMedia(query).matches,
    () => false,
  );
}

/** Moves the focus when the last page is loaded: the focused "load more" button disappears with it. */
export function useFocusAfterLast(hasMore: boolean, moveFocus: () => void): void {
  const hadMore = useRef(hasMore);
  const move = useEffectEvent(moveFocus);
  useEffect(() => {
    const isLast = hadMore.current && !hasMore;
    hadMore.current = hasMore;
    if (isLast && document.activeElement === document.body) move();
  }, [hasMore]);
}
