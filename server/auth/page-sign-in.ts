import type { OidcAuthenticator } from './oidc-authenticator.ts';

/** The chat page as a client of an OpenID provider. */
export interface PageSettings {
  readonly issuer: string;
  readonly clientId: string;
  readonly scope: string;
  /** Parameters that the provider wants besides. */
  readonly parameters: Readonly<Record<string, string>>;
}

/** Tells the chat page how its users sign in. */
export class PageSignIn {
  readonly #page: PageSettings;
  readonly #authenticator: Pick<OidcAuthenticator, 'metadataOf'>;

  constructor(page: PageSettings, authenticator: Pick<OidcAuthenticator, 'metadataOf'>) {
    this.#page = page;
    this.#authenticator = authenticator;
  }

  /**
   * Returns the settings as JSON, and the origins that the page calls. If the provider can't be reached, only its own
   * origin is known: the page says so when somebody signs in.
   */
  async describe(): Promise<{ readonly settings: string; readonly origins: readonly string[] }> {
    const { issuer } = this.#page;
    const metadata = await this.#authenticator.metadataOf(issuer)?.catch(() => undefined);
    const urls = [issuer, metadata?.token_endpoint, metadata?.userinfo_endpoint].filter(
      (url) => url !== undefined,
    );
    return {
      settings: JSON.stringify(this.#page),
      origins: [...new Set(urls.map((url) => new URL(url).origin))],
    };
  }
}
