import { useCallback, useEffect, useRef, useState } from 'react';
import type { RefObject } from 'react';

interface StickToBottom {
  readonly scrollerRef: RefObject<HTMLElement | null>;
  readonly contentRef: RefObject<HTMLDivElement | null>;
  readonly isAtBottom: boolean;
  readonly toBottom: () => void;
  /** Call before older messages are inserted above: the visible ones then stay in place. */
  readonly keepPlace: () => void;
}

const tolerance = 48;

/** Scrolls to new messages while the reader is at the bottom. A reader who has scrolled up stays there. */
export function useStickToBottom(): StickToBottom {
  const scrollerRef = useRef<HTMLElement>(null);
  const contentRef = useRef<HTMLDivElement>(null);
  const heightBefore = useRef<number | null>(null);
  const [isAtBottom, setIsAtBottom] = useState(true);

  useEffect(() => {
    const scroller = scrollerRef.current;
    const content = contentRef.current;
    if (scroller === null || content === null) return;
    let isStuck = true;
    let knownHeights = '';
    const heights = (): string => `${scroller.scrollHeight} ${scroller.clientHeight}`;
    const onScroll = (): void => {
      // A change of height caused this event, not the reader. The observer below handles it.
      if (heights() !== knownHeights) return;
      isStuck = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight <= tolerance;
      setIsAtBottom(isStuck);
    };
    // Observes both: the content grows, and the scroller shrinks when a phone's keyboard opens.
    const resized = new ResizeObserver(() => {
      const grownBy = scroller.scrollHeight - (heightBefore.current ?? scroller.scrollHeight);
      if (grownBy !== 0) {
        heightBefore.current = null;
        scroller.scrollTop += grownBy;
      } else if (isStuck) {
        scroller.scrollTop = scroller.scrollHeight;
      }
      knownHeights = heights();
    });
    resized.observe(content);
    resized.observe(scroller);
    scroller.addEventListener('scroll', onScroll, { passive: true });
    return () => {
      resized.disconnect();
      scroller.removeEventListener('scroll', onScroll);
    };
  }, []);

  const toBottom = useCallback(() => {
    const scroller = scrollerRef.current;
    scroller?.scrollTo({ top: scroller.scrollHeight });
  }, []);

  const keepPlace = useCallback(() => {
    heightBefore.current = scrollerRef.current?.scrollHeight ?? null;
  }, []);

  return { scrollerRef, contentRef, isAtBottom, toBottom, keepPlace };
}
