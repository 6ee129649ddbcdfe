import { Component } from 'react';
import type { JSX, ReactNode } from 'react';
import { Icon } from './icon.tsx';
import { MissingPart } from './missing-part.ts';

interface ErrorBoundaryProps {
  /** Shows the failure in place of the children. `retry` shows the children again. */
  readonly fallback: (error: unknown, retry: () => void) => ReactNode;
  readonly children: ReactNode;
}

interface Failure {
  readonly failure: { readonly error: unknown } | null;
}

/** Keeps an error of its children from taking away the page around them. */
export class ErrorBoundary extends Component<ErrorBoundaryProps, Failure> {
  override readonly state: Failure = { failure: null };

  static getDerivedStateFromError(error: unknown): Failure {
    return { failure: { error } };
  }

  override render(): ReactNode {
    const { failure } = this.state;
    if (failure === null) return this.props.children;
    return this.props.fallback(failure.error, () => this.setState({ failure: null }));
  }
}

interface PartFailureProps {
  /** The part that is missing: "This message". */
  readonly what: string;
  readonly error: unknown;
  readonly onRetry: () => void;
}

/** A note in the place of a part that failed, with the way to get it back. */
export function PartFailure({ what, error, onRetry }: PartFailureProps): JSX.Element {
  const isMissing = error instanceof MissingPart;
  return (
    <div className="part-failure" role="alert">
      <p className="failure__reason">
        <Icon name="warning" />
        <span>
          {isMissing
            ? `${what} needs a part of this page that could not be loaded. The page may have been updated.`
            : `${what} can’t be shown.`}
        </span>
      </p>
      <button
        type="button"
        className="button button--small"
        onClick={isMissing ? () => window.location.reload() : onRetry}
      >
        {isMissing ? 'Reload the page' : 'Try again'}
      </button>
      {isMissing && <p className="part-failure__note">What you have typed is kept.</p>}
    </div>
  );
}

/** The page in place of one that failed as a whole. It needs nothing that could fail as well. */
export function PageFailure({ error }: { readonly error: unknown }): JSX.Element {
  return (
    <main className="centered-page" role="alert">
      <h1>{error instanceof MissingPart ? 'This page has been updated' : 'This page has a fault'}</h1>
      <p>
        {error instanceof MissingPart
          ? 'A part of it could not be loaded. Reload it to go on.'
          : 'Your saved answers are safe. Reload it to go on.'}{' '}
        What you have typed is kept.
      </p>
      <button type="button" className="button" onClick={() => window.location.reload()}>
        Reload the page
      </button>
    </main>
  );
}
