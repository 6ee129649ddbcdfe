import { useCallback, useEffect, useRef, useState } from 'react';
import type { RefObject } from 'react';

interface StickToBottom {
  readonly scrollerRef: RefObject<HTMLElement | null>;
  readonly contentRef: RefObject<HTMLDivElement | null>;
  readonly isAtBottom: boolean;
  readonly toBottom: () => void;
  /** What is put in next, above what is read, leaves that in its place. */
  readonly keepPlace: () => void;
}

const tolerance = 48;

/** Keeps the newest in sight for as long as the reader is at the bottom. Who has scrolled up stays where they read. */
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
      // Then it was not the reader who scrolled; where this is to be, is decided below.
      if (heights() !== knownHeights) return;
      isStuck = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight <= tolerance;
      setIsAtBottom(isStuck);
    };
    // Both: the content grows, and the scroller shrinks when a phone's keyboard opens.
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
