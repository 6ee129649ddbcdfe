import type { AgentType } from '@microsoft/agents-copilotstudio-client';
import { z } from 'zod';
import { authorityOfCloud } from '../agents/copilot-studio/access-token/authority-of-cloud.ts';
import type { CloudName } from '../agents/copilot-studio/access-token/authority-of-cloud.ts';
import type { StructuredOutput } from '../agents/openai-compatible/settings.ts';
import { httpUrl, httpsOrigin, matching, wholeNumber, word } from './values.ts';

const agentTypes = ['Published', 'Prebuilt'] as const satisfies readonly (keyof typeof AgentType)[];
const structuredOutputs = ['auto', 'json-schema', 'text'] as const satisfies readonly StructuredOutput[];
const cloudNames = Object.keys(authorityOfCloud) as [CloudName, ...CloudName[]];

/** What may stand in a header behind `Bearer` (RFC 6750, 2.1). */
const bearerToken = matching(
  /^[A-Za-z0-9._~+/-]+=*$/,
  'must be the access token alone: letters, digits, and . _ ~ + / - =',
);
const guid = matching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i, 'must be a GUID');

/** What stands in the address line of a browser in which an agent is built: the likeliest mistake. */
const connectionString = httpUrl.refine(
  (value) =>
    !URL.canParse(value) || !/^copilotstudio\.([a-z]+\.)?microsoft\.com$/.test(new URL(value).hostname),
  "must be the agent's connection string, not the address of a page of Copilot Studio: copy it there from Channels > " +
    'Web app or Native app, under Microsoft 365 Agents SDK',
);

/** The library appends the path to it as text. */
const chatCompletionsBase = httpUrl
  .refine((value) => !value.includes('?'), 'must be the address alone, without a ?')
  .transform((value) => value.replace(/\/chat\/completions\/?$/, ''));

/** The agent's variables, apart because they are many: they belong to `variables`. */
export const agentVariables = {
  AGENT_PROVIDER: word(['guided', 'copilot-studio', 'openai-compatible'])
    .prefault('guided')
    .describe(
      'What answers: `guided` is built in; `copilot-studio` is an agent of Microsoft Copilot Studio, `openai-compatible` ' +
        'a model behind an endpoint for chat completions',
    ),
  COPILOT_DIRECT_CONNECT_URL: connectionString
    .optional()
    .describe("The agent's connection string, as Copilot Studio shows it under Channels"),
  COPILOT_ENVIRONMENT_ID: matching(
    /^(?=.{8,64}$)[A-Za-z0-9]+(-[A-Za-z0-9]+)*$/,
    'must be 8 to 64 letters and digits, with hyphens between them',
  )
    .optional()
    .describe("Instead of that URL, with the schema name: the agent's environment"),
  COPILOT_SCHEMA_NAME: matching(
    /^[A-Za-z0-9_.-]{1,200}$/,
    'must be 1 to 200 letters, digits, underscores, dots or hyphens',
  )
    .optional()
    .describe("The agent's schema name, from its metadata in Copilot Studio"),
  COPILOT_AGENT_TYPE: word(agentTypes).prefault('Published').describe('What kind of agent the name is of'),
  COPILOT_CLOUD: word(cloudNames)
    .prefault('Prod')
    .describe('The cloud of Power Platform that the agent is in, with a URL too: its tokens are for there'),
  COPILOT_ACCESS_TOKEN: bearerToken
    .optional()
    .describe('One token for all callers, for development; it is not renewed'),
  COPILOT_TENANT_ID: matching(
    /^(?!(common|organizations|consumers)$)[A-Za-z0-9.-]{1,253}$/i,
    'must be the id or a domain of one tenant',
  )
    .optional()
    .describe('The tenant of the application that asks Microsoft Entra ID for tokens'),
  COPILOT_CLIENT_ID: guid.optional().describe("That application's (client) id"),
  COPILOT_CLIENT_SECRET: z.string().optional().describe("That application's secret (its value, not its id)"),
  COPILOT_TOKEN_MODE: word(['client-credentials', 'on-behalf-of'])
    .prefault('client-credentials')
    .describe(
      "In whose name the agent is asked: `client-credentials` in the application's, `on-behalf-of` in the caller's, who " +
        'sends an access token for the application',
    ),
  COPILOT_AUTHORITY: httpsOrigin
    .optional()
    .describe('Where tokens come from, if not where they do for the cloud: `https://login.example.com`'),
  COPILOT_CARD_SUBMIT: word(['message', 'invoke'])
    .prefault('message')
    .describe(
      "How a card's data is sent to the agent: as a message with a `value`, or as an `adaptiveCard/action` invoke",
    ),
  COPILOT_LOCALE: z
    .string()
    .refine(isLocale, 'must be a language tag like en-US')
    .optional()
    .describe("The language that the agent's conversations are started in; by default the agent's own"),
  OPENAI_BASE_URL: chatCompletionsBase
    .optional()
    .describe("The part of the endpoint's address before `/chat/completions`: `http://127.0.0.1:11434/v1`"),
  OPENAI_API_KEY: matching(/^[\x21-\x7e]+$/, 'must be one line of ASCII characters without spaces')
    .optional()
    .describe('The key that the endpoint asks for; a local model server asks for none'),
  OPENAI_MODEL: z.string().optional().describe("The model's name, as the endpoint knows it"),
  OPENAI_STRUCTURED_OUTPUT: word(structuredOutputs)
    .prefault('auto')
    .describe(
      'Whether structure is asked for by JSON Schema; `auto` goes on with JSON in the text where an endpoint refuses that',
    ),
  OPENAI_HISTORY_MAX_TOKENS: wholeNumber(0, 1_000_000)
    .prefault('4000')
    .describe('How much of the conversation a request retells to the model, in estimated tokens'),
};

function isLocale(tag: string): boolean {
  try {
    return Intl.getCanonicalLocales(tag).length === 1;
  } catch {
    return false;
  }
}
