import { useLayoutEffect, useRef } from 'react';
import type { JSX, ReactNode } from 'react';
import { hashOf } from '../routing/route.ts';
import { SignOutButton } from './account.tsx';
import { assistantIcon, assistantName } from './assistant.ts';
import { ThemeButton } from './theme.tsx';

interface MainProps {
  readonly className: string;
  readonly isBusy?: boolean;
  readonly children: ReactNode;
}

const id = 'main';
let hadFocus = false;

/** The main part of a page. The skip link and every change of page move the focus here. */
export function Main({ className, isBusy = false, children }: MainProps): JSX.Element {
  const mainRef = useRef<HTMLElement>(null);
  useLayoutEffect(() => {
    const main = mainRef.current;
    // This replaces another Main (that of "Loading", for example), and takes over its focus.
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

/** Finds `main` by its tag: an agent's card can contain an element with any id. */
export function focusMain(): void {
  document.querySelector('main')?.focus({ preventScroll: true });
}

/** The first tab stop. It does not change the address, because the hash is the route. */
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

/** A page with a short message in the middle. */
export function CenteredPage({
  isBusy = false,
  children,
}: {
  isBusy?: boolean;
  children: ReactNode;
}): JSX.Element {
  return (
    <>
      <SiteBar />
      <Main className="centered-page" isBusy={isBusy}>
        {children}
      </Main>
    </>
  );
}

export function SiteBar(): JSX.Element {
  return (
    <header className="site-bar">
      <a className="brand" href={hashOf({ page: 'start' })}>
        <img className="brand__icon" src={assistantIcon()} alt="" width="28" height="28" />
        {assistantName()}
      </a>
      <div className="head__actions">
        <SignOutButton />
        <ThemeButton />
      </div>
    </header>
  );
}
