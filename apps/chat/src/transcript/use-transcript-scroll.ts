import { useCallback, useEffect, useEffectEvent, useRef, useState } from 'react';
import type { RefObject } from 'react';

interface TranscriptScroll {
  readonly scrollerRef: RefObject<HTMLElement | null>;
  readonly contentRef: RefObject<HTMLDivElement | null>;
  readonly isAtBottom: boolean;
  readonly toBottom: () => void;
  /** Loads older messages, if there are any. The visible ones stay in place. */
  readonly loadOlder: () => void;
}

interface OlderMessages {
  readonly canLoadOlder: boolean;
  readonly onLoadOlder: () => void;
}

/** Distance from the bottom that counts as being there, in pixels. */
const tolerance = 48;

/** Keys that scroll up. A space does so with Shift. */
const upwardKeys: ReadonlySet<string> = new Set(['ArrowUp', 'PageUp', 'Home']);

/** A message that is visible, and its place in the transcript. */
interface Anchor {
  readonly element: HTMLElement;
  readonly top: number;
}

/**
 * Scrolls to new messages while the reader is at the bottom. A reader who scrolls up leaves at once, by what they do and
 * not by where the transcript is: while an answer grows, both change together. Near the top older messages are loaded.
 */
export function useTranscriptScroll({ canLoadOlder, onLoadOlder }: OlderMessages): TranscriptScroll {
  const scrollerRef = useRef<HTMLElement>(null);
  const contentRef = useRef<HTMLDivElement>(null);
  const anchor = useRef<Anchor | null>(null);
  const isStuck = useRef(true);
  const [isAtBottom, setIsAtBottom] = useState(true);

  const loadOlder = (): void => {
    if (!canLoadOlder) return;
    anchor.current = visibleAnchor(scrollerRef.current);
    onLoadOlder();
  };
  const onNearTop = useEffectEvent(loadOlder);

  useEffect(() => {
    const scroller = scrollerRef.current;
    const content = contentRef.current;
    if (scroller === null || content === null) return;
    let knownHeights = '';
    let lastTop = scroller.scrollTop;
    let touchedAt: number | null = null;
    /** The reader has left the bottom, and only scrolling down to it brings them back. */
    let hasLeft = false;
    const heights = (): string => `${scroller.scrollHeight} ${scroller.clientHeight}`;
    const isNearBottom = (): boolean =>
      scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight <= tolerance;
    const leave = (): void => {
      if (scroller.scrollTop === 0) return;
      hasLeft = true;
      isStuck.current = false;
    };
    const onScroll = (): void => {
      const isDownwards = scroller.scrollTop > lastTop;
      lastTop = scroller.scrollTop;
      if (isStuck.current) hasLeft = false;
      if (hasLeft) hasLeft = !(isDownwards && isNearBottom());
      // Without an act of the reader, a change of height caused this event. The observer below handles it.
      else if (heights() !== knownHeights) return;
      isStuck.current = !hasLeft && isNearBottom();
      setIsAtBottom(isNearBottom());
      if (!isStuck.current && !isDownwards && scroller.scrollTop < scroller.clientHeight) onNearTop();
    };
    const onWheel = ({ deltaY, ctrlKey }: WheelEvent): void => {
      if (deltaY < 0 && !ctrlKey) leave();
    };
    const onTouch = ({ touches }: TouchEvent): void => {
      const at = touches[0]?.clientY ?? null;
      // A finger that moves down pulls older messages into view.
      if (at !== null && touchedAt !== null && at > touchedAt) leave();
      touchedAt = at;
    };
    const onKeyDown = ({ key, shiftKey, target }: KeyboardEvent): void => {
      const isUpwards = upwardKeys.has(key) || (key === ' ' && shiftKey);
      // An arrow key in a card's input is not for the transcript.
      if (isUpwards && (target === scroller || target instanceof HTMLButtonElement)) leave();
    };
    // Observes both: the content grows, and the scroller shrinks when a phone's keyboard opens.
    const resized = new ResizeObserver(() => {
      const moved = distanceOf(anchor.current);
      if (moved > 0) {
        anchor.current = null;
        scroller.scrollTop += moved;
      } else if (isStuck.current) {
        scroller.scrollTop = scroller.scrollHeight;
      }
      lastTop = scroller.scrollTop;
      knownHeights = heights();
    });
    resized.observe(content);
    resized.observe(scroller);
    const passive = { passive: true };
    scroller.addEventListener('scroll', onScroll, passive);
    scroller.addEventListener('wheel', onWheel, passive);
    scroller.addEventListener('touchstart', onTouch, passive);
    scroller.addEventListener('touchmove', onTouch, passive);
    scroller.addEventListener('keydown', onKeyDown);
    return () => {
      resized.disconnect();
      scroller.removeEventListener('scroll', onScroll);
      scroller.removeEventListener('wheel', onWheel);
      scroller.removeEventListener('touchstart', onTouch);
      scroller.removeEventListener('touchmove', onTouch);
      scroller.removeEventListener('keydown', onKeyDown);
    };
  }, []);

  const toBottom = useCallback(() => {
    const scroller = scrollerRef.current;
    isStuck.current = true;
    scroller?.scrollTo({ top: scroller.scrollHeight });
  }, []);

  return { scrollerRef, contentRef, isAtBottom, toBottom, loadOlder };
}

/** Returns the first message that is at least partly visible. */
function visibleAnchor(scroller: HTMLElement | null): Anchor | null {
  if (scroller === null) return null;
  const { top } = scroller.getBoundingClientRect();
  const element = [...scroller.querySelectorAll<HTMLElement>('.message')].find(
    (message) => message.getBoundingClientRect().bottom > top,
  );
  return element === undefined ? null : { element, top: element.offsetTop };
}

/** Returns how far older messages have pushed the anchor down, in pixels. */
function distanceOf(anchor: Anchor | null): number {
  return anchor?.element.isConnected === true ? anchor.element.offsetTop - anchor.top : 0;
}
