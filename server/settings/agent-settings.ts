import type { z } from 'zod';
import { authorityOfCloud } from '../agents/copilot-studio/access-token/authority-of-cloud.ts';
import type { CloudName } from '../agents/copilot-studio/access-token/authority-of-cloud.ts';
import type { EntraApplication } from '../agents/copilot-studio/access-token/entra-application.ts';
import type { CopilotStudioAddress } from '../agents/copilot-studio/connection-settings.ts';
import type { CardSubmit } from '../agents/copilot-studio/to-activity.ts';
import type { OpenAiCompatibleSettings } from '../agents/openai-compatible/settings.ts';
import type { variables } from './variables.ts';

type Values = z.output<typeof variables>;

export interface CopilotStudioSettings {
  readonly provider: 'copilot-studio';
  readonly address: CopilotStudioAddress;
  readonly cloud: CloudName;
  readonly token:
    | { readonly kind: 'fixed'; readonly token: string }
    | { readonly kind: 'entra'; readonly application: EntraApplication };
  readonly cardSubmit: CardSubmit;
  /** Null: the agent's own. */
  readonly locale: string | null;
}

/** What answers the turns, and what that one needs. */
export type AgentSettings =
  | { readonly provider: 'guided' }
  | CopilotStudioSettings
  | ({ readonly provider: 'openai-compatible' } & Omit<OpenAiCompatibleSettings, 'clock'>);

/** Of values without faults: see `agentFaults` for what each provider needs. */
export function agentSettingsOf(values: Values): AgentSettings {
  switch (values.AGENT_PROVIDER) {
    case 'guided':
      return { provider: 'guided' };
    case 'copilot-studio':
      return {
        provider: 'copilot-studio',
        address: addressOf(values),
        cloud: values.COPILOT_CLOUD,
        token: tokenOf(values),
        cardSubmit: values.COPILOT_CARD_SUBMIT,
        locale: values.COPILOT_LOCALE ?? null,
      };
    case 'openai-compatible':
      return {
        provider: 'openai-compatible',
        baseUrl: checked(values.OPENAI_BASE_URL),
        apiKey: values.OPENAI_API_KEY ?? null,
        model: checked(values.OPENAI_MODEL),
        structuredOutput: values.OPENAI_STRUCTURED_OUTPUT,
        historyMaxTokens: values.OPENAI_HISTORY_MAX_TOKENS,
      };
  }
}

function addressOf(values: Values): CopilotStudioAddress {
  const { COPILOT_DIRECT_CONNECT_URL: url } = values;
  if (url !== undefined) return { kind: 'direct', url };
  return {
    kind: 'named',
    environmentId: checked(values.COPILOT_ENVIRONMENT_ID),
    schemaName: checked(values.COPILOT_SCHEMA_NAME),
    agentType: values.COPILOT_AGENT_TYPE,
  };
}

function tokenOf(values: Values): CopilotStudioSettings['token'] {
  const { COPILOT_ACCESS_TOKEN: token } = values;
  if (token !== undefined) return { kind: 'fixed', token };
  const application = {
    mode: values.COPILOT_TOKEN_MODE,
    tenantId: checked(values.COPILOT_TENANT_ID),
    clientId: checked(values.COPILOT_CLIENT_ID),
    clientSecret: checked(values.COPILOT_CLIENT_SECRET),
    authority: checked(values.COPILOT_AUTHORITY ?? authorityOfCloud[values.COPILOT_CLOUD]),
  };
  return { kind: 'entra', application };
}

function checked<Value>(value: Value | null | undefined): Value {
  if (value === undefined || value === null) throw new Error('the settings are taken from faulty values');
  return value;
}
