import type { JSX, ReactNode } from 'react';
import { Main } from './main.tsx';
import { SiteBar } from './site-bar.tsx';

/** A page with a single thing to say. */
export function LonePage({
  isBusy = false,
  children,
}: {
  isBusy?: boolean;
  children: ReactNode;
}): JSX.Element {
  return (
    <>
      <SiteBar />
      <Main className="lone" isBusy={isBusy}>
        {children}
      </Main>
    </>
  );
}
