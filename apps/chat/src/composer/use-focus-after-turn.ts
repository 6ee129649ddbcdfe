import { useEffect, useRef } from 'react';
import type { RefObject } from 'react';

const touch = window.matchMedia('(pointer: coarse)');

/**
 * Leads back to the box once a turn of one's own is through: what was pressed may be gone. Who has moved on to another
 * part of the page stays there; on a phone the box gets no focus of its own accord, for that would open the keyboard.
 */
export function useFocusAfterTurn(
  isSending: boolean,
  boxRef: RefObject<HTMLTextAreaElement | null>,
  composerRef: RefObject<HTMLElement | null>,
): void {
  const wasSending = useRef(false);
  useEffect(() => {
    const isThrough = wasSending.current && !isSending;
    wasSending.current = isSending;
    const active = document.activeElement;
    const isElsewhere = active !== null && active !== document.body && active.closest('main') === null;
    if (!isThrough || isElsewhere || active === boxRef.current) return;
    if (touch.matches) composerRef.current?.focus({ preventScroll: true });
    else boxRef.current?.focus();
  }, [isSending, boxRef, composerRef]);
}
