import { useLayoutEffect, useRef } from 'react';
import type { JSX, ReactNode } from 'react';

interface MainProps {
  readonly className: string;
  readonly isBusy?: boolean;
  readonly children: ReactNode;
}

const id = 'main';
let hadFocus = false;

/** The page's own part: what the skip link and every change of page lead to. */
export function Main({ className, isBusy = false, children }: MainProps): JSX.Element {
  const mainRef = useRef<HTMLElement>(null);
  useLayoutEffect(() => {
    const main = mainRef.current;
    // It takes the place of another, that of "Loading" for instance, and its focus would be lost.
    if (hadFocus) main?.focus({ preventScroll: true });
    hadFocus = false;
    return () => {
      hadFocus = main?.contains(document.activeElement) ?? false;
    };
  }, []);
  return (
    <main ref={mainRef} id={id} className={className} tabIndex={-1} aria-busy={isBusy}>
      {children}
    </main>
  );
}

/** Not by its id: an agent's card can have elements of any. */
export function focusMain(): void {
  document.querySelector('main')?.focus({ preventScroll: true });
}

/** The first stop of the keyboard. The address stays as it is: it says which page this is. */
export function SkipLink(): JSX.Element {
  return (
    <a
      className="skip-link"
      href={`#${id}`}
      onClick={(event) => {
        event.preventDefault();
        focusMain();
      }}
    >
      Skip to content
    </a>
  );
}
