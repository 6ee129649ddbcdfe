import { ErrorResponse, InMemoryWebStorage, UserManager, WebStorageStateStore } from 'oidc-client-ts';
import type { User } from 'oidc-client-ts';

/** The way to sign in, as the server writes it into the page. */
export interface SignInSettings {
  readonly issuer: string;
  readonly clientId: string;
  readonly scope: string;
  /** Parameters that this provider wants besides: `{ audience: 'https://…' }`. */
  readonly parameters: Readonly<Record<string, string>>;
}

/** `ended`: the provider gives no more tokens. `failed`: it sent the user back without having signed them in. */
export type SignInState = 'signed-in' | 'signed-out' | 'ended' | 'failed';

/** A token with less life than this is renewed before it is used, in seconds. */
const leastLifeSeconds = 10;

/** The end of the `state` of a window that was opened to sign in or out. The server knows it (server/http/chat-page.ts). */
const windowMark = 'window';

/** True in another site's frame, which is no place for a provider's pages: they mostly refuse frames, as they should. */
export const isFramed = typeof window !== 'undefined' && window.parent !== window;

/**
 * Signs the page's user in at an OpenID provider, by authorization code with PKCE. The tokens are in the tab's session
 * storage: they survive a reload, and no other tab or later session has them. In a frame the provider gets a window of its
 * own, which hands its answer to the frame and closes.
 */
export class PageSignIn {
  readonly #manager: UserManager;
  readonly #listeners = new Set<() => void>();
  #user: User | null = null;
  #state: SignInState = 'signed-out';
  #renewal: Promise<string> | null = null;

  private constructor({ issuer, clientId, scope, parameters }: SignInSettings) {
    const store = new WebStorageStateStore({ store: tabStorage() });
    const page = new URL('.', window.location.href).href;
    this.#manager = new UserManager({
      authority: issuer,
      client_id: clientId,
      scope,
      redirect_uri: page,
      post_logout_redirect_uri: page,
      popup_redirect_uri: page,
      popup_post_logout_redirect_uri: page,
      // A second click gets the window that is open already.
      popupWindowTarget: 'turnkeeper-sign-in',
      extraQueryParams: parameters,
      userStore: store,
      stateStore: store,
      // A token is renewed when a call needs it: nobody renews tokens for a page that lies in the background.
      automaticSilentRenew: false,
    });
  }

  /**
   * Finds out whether the user is signed in, also when the provider has just sent them back. Returns null in a window that
   * was only opened for that: it closes.
   */
  static async open(settings: SignInSettings): Promise<PageSignIn | null> {
    const signIn = new PageSignIn(settings);
    const state = new URL(window.location.href).searchParams.get('state') ?? '';
    if (state.endsWith(`;${windowMark}`)) {
      await signIn.#manager.signinPopupCallback();
      return null;
    }
    await signIn.#open();
    return signIn;
  }

  get state(): SignInState {
    return this.#state;
  }

  /** The user's name for the eye; null if the provider does not tell it. */
  get userName(): string | null {
    const { name, preferred_username: shortName } = this.#user?.profile ?? {};
    return name ?? shortName ?? null;
  }

  readonly subscribe = (changed: () => void): (() => void) => {
    this.#listeners.add(changed);
    return () => this.#listeners.delete(changed);
  };

  /**
   * Leaves for the provider, which sends the user back to the same conversation; in a frame, opens a window for it.
   * @throws Error if the provider can't be reached, or its window was blocked
   */
  async signIn(): Promise<void> {
    if (!isFramed) {
      await this.#manager.signinRedirect({ state: window.location.hash });
      return;
    }
    try {
      this.#become('signed-in', await this.#manager.signinPopup({ url_state: windowMark }));
    } catch (error) {
      if (!(error instanceof ErrorResponse)) throw error;
      this.#become('failed', null);
    }
  }

  /** Signs out here and, if it can be done, at the provider. */
  async signOut(): Promise<void> {
    const endSession = await this.#manager.metadataService.getEndSessionEndpoint().catch(() => undefined);
    if (endSession === undefined) {
      await this.#manager.removeUser();
      this.#become('signed-out', null);
      return;
    }
    if (!isFramed) {
      await this.#manager.signoutRedirect();
      return;
    }
    // The page forgets its user when the request is on its way, whatever becomes of the window.
    const stop = this.#manager.events.addUserUnloaded(() => {
      stop();
      this.#become('signed-out', null);
    });
    await this.#manager.signoutPopup({ url_state: windowMark }).catch(() => this.#manager.removeUser());
  }

  /**
   * Returns an access token for a call, and renews it first if it is about to end or was refused.
   * @throws Error if the provider can't be reached, or gives no more tokens
   */
  async token(isRefused: boolean): Promise<string> {
    const user = this.#user;
    if (user !== null && !isRefused && (user.expires_in ?? Infinity) > leastLifeSeconds)
      return user.access_token;
    // Calls at the same time share one renewal: a refresh token may be good only once.
    this.#renewal ??= this.#renew().finally(() => {
      this.#renewal = null;
    });
    return this.#renewal;
  }

  async #renew(): Promise<string> {
    try {
      const canRenew = this.#user?.refresh_token !== undefined;
      const user = canRenew ? await this.#manager.signinSilent() : null;
      if (user !== null) {
        this.#user = user;
        return user.access_token;
      }
    } catch (error) {
      // Without an answer of the provider the refresh token is still good: the call is tried again.
      if (!(error instanceof ErrorResponse)) throw error;
    }
    await this.#manager.removeUser();
    this.#become('ended', null);
    throw new Error('The session has ended.');
  }

  async #open(): Promise<void> {
    const { searchParams } = new URL(window.location.href);
    const isBack = searchParams.has('state') && (searchParams.has('code') || searchParams.has('error'));
    if (!isBack) {
      const user = await this.#manager.getUser();
      this.#become(user === null ? 'signed-out' : 'signed-in', user);
      return;
    }
    let hash: unknown;
    try {
      const user = await this.#manager.signinRedirectCallback();
      hash = user.state;
      this.#become('signed-in', user);
    } catch (error) {
      hash = error instanceof ErrorResponse ? error.state : undefined;
      this.#become('failed', null);
    }
    // The code is good only once, and a reload must not show it to the provider again.
    window.history.replaceState(
      null,
      '',
      `${window.location.pathname}${typeof hash === 'string' ? hash : ''}`,
    );
  }

  #become(state: SignInState, user: User | null): void {
    this.#state = state;
    this.#user = user;
    this.#listeners.forEach((changed) => changed());
  }
}

/** Browsers may refuse storage to a page in a frame: then its user signs in again after a reload. */
function tabStorage(): Storage | InMemoryWebStorage {
  try {
    return window.sessionStorage;
  } catch {
    return new InMemoryWebStorage();
  }
}
