import { useEffect, useEffectEvent, useRef } from 'react';

/** Leads on where the button that loads more has gone with the last of it, and the focus of who pressed it with that. */
export function useFocusAfterLast(hasMore: boolean, leadOn: () => void): void {
  const hadMore = useRef(hasMore);
  const lead = useEffectEvent(leadOn);
  useEffect(() => {
    const isLast = hadMore.current && !hasMore;
    hadMore.current = hasMore;
    if (isLast && document.activeElement === document.body) lead();
  }, [hasMore]);
}
