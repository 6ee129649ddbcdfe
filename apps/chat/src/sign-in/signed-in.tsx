import { useMemo, useState, useSyncExternalStore } from 'react';
import type { JSX, ReactNode } from 'react';
import { CenteredPage, SkipLink } from '../parts/page-frame.tsx';
import { AccountContext } from '../parts/account.tsx';
import { isFramed } from './page-sign-in.ts';
import type { PageSignIn, SignInState } from './page-sign-in.ts';

interface SignedInProps {
  readonly signIn: PageSignIn;
  readonly children: ReactNode;
}

/** Shows its children to a user who is signed in, and the way to sign in to others. */
export function SignedIn({ signIn, children }: SignedInProps): JSX.Element {
  const state = useSyncExternalStore(signIn.subscribe, () => signIn.state);
  const account = useMemo(
    () => ({ userName: signIn.userName, signOut: () => void signIn.signOut() }),
    [signIn],
  );
  if (state !== 'signed-in') return <SignInPage state={state} signIn={() => signIn.signIn()} />;
  return <AccountContext value={account}>{children}</AccountContext>;
}

const explanations: Readonly<Record<Exclude<SignInState, 'signed-in'>, string>> = {
  'signed-out': 'You need an account to use this page.',
  ended: 'Your session has ended. Sign in again, and you come back to where you were.',
  failed: 'You could not be signed in. Try again.',
};

const whyNot = isFramed
  ? 'The sign-in window was blocked, or the sign-in service could not be reached. Try again.'
  : 'The sign-in service could not be reached. Try again.';

interface SignInPageProps {
  readonly state: keyof typeof explanations;
  readonly signIn: () => Promise<void>;
}

function SignInPage({ state, signIn }: SignInPageProps): JSX.Element {
  const [isLeaving, setIsLeaving] = useState(false);
  const [isUnreachable, setIsUnreachable] = useState(false);
  const leave = (): void => {
    // A window that was closed tells nobody, so the button can open it again.
    setIsLeaving(!isFramed);
    setIsUnreachable(false);
    signIn().catch(() => {
      setIsLeaving(false);
      setIsUnreachable(true);
    });
  };
  return (
    <>
      <SkipLink />
      <CenteredPage>
        <h1>Sign in</h1>
        <p role="status">
          {explanations[state]}
          {isFramed && ' Signing in opens a window of its own.'}
        </p>
        {isUnreachable && <p role="alert">{whyNot}</p>}
        <button type="button" className="button" disabled={isLeaving} onClick={leave}>
          Sign in
        </button>
        {isFramed && (
          <a href="." target="_blank" rel="noopener">
            Use this assistant in a tab of its own
          </a>
        )}
      </CenteredPage>
    </>
  );
}

/** Shown in a window that has brought a sign-in back, and that the browser does not close. */
export function Finished(): JSX.Element {
  return (
    <CenteredPage>
      <p role="status">You can close this window.</p>
    </CenteredPage>
  );
}
