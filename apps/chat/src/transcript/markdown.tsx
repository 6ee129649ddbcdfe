import { Suspense, memo } from 'react';
import type { JSX } from 'react';
import { ErrorBoundary } from '../parts/error-boundary.tsx';
import { lazyPart } from '../parts/missing-part.ts';
import { withoutTurningMarks } from '../parts/turning-marks.ts';

const loadView = () => import('./markdown-view.tsx');

// The parser is as large as the page itself, and the start page needs none.
const MarkdownView = lazyPart(loadView);

/** Loads the parser before a message needs it. */
export function preloadMarkdown(): void {
  // If it fails, a message shows its text as it was written.
  loadView().catch(() => undefined);
}

/** An agent's Markdown. Its text is shown as it was written while the parser is loaded, and if it can't be. */
export const Markdown = memo(function Markdown({ text }: { readonly text: string }): JSX.Element {
  const shown = withoutTurningMarks(text);
  const asWritten = <p className="plain">{shown}</p>;
  return (
    <div className="markdown" dir="auto">
      <ErrorBoundary fallback={() => asWritten}>
        <Suspense fallback={asWritten}>
          <MarkdownView text={shown} />
        </Suspense>
      </ErrorBoundary>
    </div>
  );
});
