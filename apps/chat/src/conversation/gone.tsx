import type { JSX } from 'react';
import { LonePage } from '../parts/centered-page.tsx';
import { hashOf } from '../routing/route.ts';

export function Gone(): JSX.Element {
  return (
    <LonePage>
      <h1>This conversation is not here any more</h1>
      <p>It was deleted, or it was left alone for so long that it was forgotten.</p>
      <a className="button" href={hashOf({ page: 'start' })}>
        All conversations
      </a>
    </LonePage>
  );
}
