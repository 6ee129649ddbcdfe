import { ConnectionSettings, getCopilotStudioConnectionUrl } from '@microsoft/agents-copilotstudio-client';
import type { AgentType } from '@microsoft/agents-copilotstudio-client';
import type { CloudName } from './access-token/entra-application.ts';

/** The address of an agent, in Copilot Studio's terms. */
export type CopilotStudioAddress =
  | { readonly kind: 'direct'; readonly url: string }
  | {
      readonly kind: 'named';
      readonly environmentId: string;
      readonly schemaName: string;
      readonly agentType: keyof typeof AgentType;
    };

/** Converts an address to the settings of Microsoft's package. */
export function connectionSettings(address: CopilotStudioAddress, cloud: CloudName): ConnectionSettings {
  switch (address.kind) {
    case 'direct':
      return settingsOf({ directConnectUrl: address.url, cloud });
    case 'named': {
      const { environmentId, schemaName, agentType } = address;
      return settingsOf({ environmentId, schemaName, copilotAgentType: agentType, cloud });
    }
  }
}

type ConnectionOptions = NonNullable<ConstructorParameters<typeof ConnectionSettings>[0]>;

/** Makes settings of plain options, which the package's types demand as an instance of its class. */
function settingsOf(options: Partial<ConnectionOptions>): ConnectionSettings {
  return new ConnectionSettings(Object.assign(new ConnectionSettings(), options));
}

/** The URLs of an agent. */
interface AgentEndpoint {
  /** The URL that starts a conversation. */
  readonly startUrl: string;
  /** The URL that continues a conversation. */
  conversationUrl(conversationId: string): string;
}

/**
 * @throws Error when the settings lead to no URL that can be called
 */
export function endpointOf(connection: ConnectionSettings): AgentEndpoint {
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
