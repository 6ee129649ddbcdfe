import { getCopilotStudioConnectionUrl } from '@microsoft/agents-copilotstudio-client';
import type { ConnectionSettings } from '@microsoft/agents-copilotstudio-client';

/** Where an agent is called. */
interface Endpoint {
  /** Where its conversations are started. */
  readonly startUrl: string;
  /** Where one of them goes on. */
  conversationUrl(conversationId: string): string;
}

/**
 * @throws Error when the settings lead to no URL that can be called
 */
export function endpointOf(connection: ConnectionSettings): Endpoint {
  const start = new URL(getCopilotStudioConnectionUrl(connection));
  if (start.protocol !== 'https:' && start.protocol !== 'http:') {
    throw new Error('the URL of the Copilot Studio agent must begin with https:// or http://');
  }
  if (start.username !== '' || start.password !== '') {
    throw new Error('the URL of the Copilot Studio agent must hold no user name and no password');
  }
  start.hash = '';
  return {
    startUrl: start.href,
    // The package's helper would not encode the id, and would write it to its debug log.
    conversationUrl: (conversationId) => {
      const url = new URL(start);
      url.pathname = `${url.pathname}/${encodeURIComponent(conversationId)}`;
      return url.href;
    },
  };
}
