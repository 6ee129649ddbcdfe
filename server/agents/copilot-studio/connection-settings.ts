import { ConnectionSettings } from '@microsoft/agents-copilotstudio-client';
import type { AgentType } from '@microsoft/agents-copilotstudio-client';
import type { CloudName } from './access-token/authority-of-cloud.ts';

/** Which agent, as Copilot Studio names it. */
export type CopilotStudioAddress =
  | { readonly kind: 'direct'; readonly url: string }
  | {
      readonly kind: 'named';
      readonly environmentId: string;
      readonly schemaName: string;
      readonly agentType: keyof typeof AgentType;
    };

/** An address as the package takes it. */
export function connectionSettings(address: CopilotStudioAddress, cloud: CloudName): ConnectionSettings {
  switch (address.kind) {
    case 'direct':
      return given({ directConnectUrl: address.url, cloud });
    case 'named': {
      const { environmentId, schemaName, agentType } = address;
      return given({ environmentId, schemaName, copilotAgentType: agentType, cloud });
    }
  }
}

type ConnectionOptions = NonNullable<ConstructorParameters<typeof ConnectionSettings>[0]>;

/** The package types plain options as instances of a class of its own. */
function given(options: Partial<ConnectionOptions>): ConnectionSettings {
  return new ConnectionSettings(Object.assign(new ConnectionSettings(), options));
}
