import type { JSX } from 'react';
import { LonePage } from '../parts/centered-page.tsx';
import { hashOf } from '../routing/route.ts';

export function UnknownWorkflow(): JSX.Element {
  return (
    <LonePage>
      <h1>There is no such workflow</h1>
      <p>It may have been renamed, or taken away.</p>
      <a className="button" href={hashOf({ page: 'start' })}>
        All conversations
      </a>
    </LonePage>
  );
}
