import { createContext, useContext } from 'react';
import type { JSX } from 'react';

/** The signed-in user. */
export interface Account {
  readonly userName: string | null;
  readonly signOut: () => void;
}

/** Null: nobody signs in on this page, because the server is one for development. */
export const AccountContext = createContext<Account | null>(null);

export function SignOutButton(): JSX.Element | null {
  const account = useContext(AccountContext);
  if (account === null) return null;
  const { userName, signOut } = account;
  return (
    <button
      type="button"
      className="button button--quiet"
      title={userName === null ? undefined : `Signed in as ${userName}`}
      onClick={signOut}
    >
      Sign out
    </button>
  );
}
