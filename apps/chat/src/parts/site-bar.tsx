import type { JSX } from 'react';
import { hashOf } from '../routing/route.ts';
import { ThemeButton } from '../theme/theme-button.tsx';

export function SiteBar(): JSX.Element {
  return (
    <header className="site-bar">
      <a className="brand" href={hashOf({ page: 'start' })}>
        <img src="/icon.svg" alt="" width="28" height="28" />
        Turnkeeper
      </a>
      <ThemeButton />
    </header>
  );
}
