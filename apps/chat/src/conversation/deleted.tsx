import type { JSX } from 'react';
import { LonePage } from '../parts/centered-page.tsx';
import { hashOf } from '../routing/route.ts';

/** For those who have just asked for it. */
export function Deleted(): JSX.Element {
  return (
    <LonePage>
      <h1>Deleted</h1>
      <p>The conversation has ended, and everything about it was deleted.</p>
      <a className="button" href={hashOf({ page: 'start' })}>
        All conversations
      </a>
    </LonePage>
  );
}
