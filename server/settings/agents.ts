import { z } from 'zod';
import type { OpenAiCompatibleSettings, StructuredOutput } from '../agents/openai-compatible/settings.ts';
import { copilotStudioRules, copilotStudioSettings, copilotStudioVariables } from './copilot-studio.ts';
import type { CopilotStudioSettings } from './copilot-studio.ts';
import { coreVariables } from './core.ts';
import { crossRules, demanded } from './cross-rules.ts';
import type { GivenVariables } from './cross-rules.ts';
import { httpUrl, isClearText, matching, wholeNumber, word } from './values.ts';

const structuredOutputs = ['auto', 'json-schema', 'text'] as const satisfies readonly StructuredOutput[];

/** The adapter appends the path as text. */
const chatCompletionsBase = httpUrl
  .refine((value) => !value.includes('?'), 'must be the address alone, without a ?')
  .transform((value) => value.replace(/\/chat\/completions\/?$/, ''));

/** The agent that answers. The variables of the agents that are not chosen have no effect, but must be valid. */
export const agentVariables = {
  AGENT_PROVIDER: word(['guided', 'copilot-studio', 'openai-compatible'])
    .prefault('guided')
    .describe(
      'The agent: `guided` is built in, `copilot-studio` is an agent of Microsoft Copilot Studio, `openai-compatible` is a ' +
        'model behind an endpoint for chat completions',
    ),
  ...copilotStudioVariables,
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
      'The way in which structure is asked for: `json-schema`, `text` (as JSON in the text), or `auto`, which asks by JSON ' +
        'Schema until the endpoint refuses that, then in the text',
    ),
  OPENAI_HISTORY_MAX_TOKENS: wholeNumber(0, 1_000_000)
    .prefault('4000')
    .describe('The most of the conversation that a request retells to the model, in estimated tokens'),
};

/** The agent that answers turns, with what it needs. */
export type AgentSettings =
  | { readonly provider: 'guided' }
  | CopilotStudioSettings
  | ({ readonly provider: 'openai-compatible' } & Omit<OpenAiCompatibleSettings, 'clock'>);

const variables = z.object({ ...agentVariables, NODE_ENV: coreVariables.NODE_ENV });
type AgentValues = z.output<typeof variables>;

/** `agentVariables` with the names that the code uses. */
export const agentSettings = variables
  .check(crossRules(rules))
  .transform((values) => ({ agent: agentOf(values) }));

function agentOf(values: AgentValues): AgentSettings {
  switch (values.AGENT_PROVIDER) {
    case 'guided':
      return { provider: 'guided' };
    case 'copilot-studio':
      return copilotStudioSettings(values);
    case 'openai-compatible':
      return {
        provider: 'openai-compatible',
        baseUrl: demanded(values.OPENAI_BASE_URL),
        apiKey: values.OPENAI_API_KEY ?? null,
        model: demanded(values.OPENAI_MODEL),
        structuredOutput: values.OPENAI_STRUCTURED_OUTPUT,
        historyMaxTokens: values.OPENAI_HISTORY_MAX_TOKENS,
      };
  }
}

function rules(given: GivenVariables<AgentValues>): void {
  switch (given.valid.AGENT_PROVIDER) {
    case undefined:
    case 'guided':
      return;
    case 'copilot-studio':
      copilotStudioRules(given);
      return;
    case 'openai-compatible':
      modelRules(given);
      return;
  }
}

function modelRules({ valid, isSet, fault }: GivenVariables<AgentValues>): void {
  for (const name of ['OPENAI_BASE_URL', 'OPENAI_MODEL'] as const) {
    if (!isSet(name)) fault(name, 'must be set when AGENT_PROVIDER is openai-compatible');
  }
  // Without a key, the only secret on the way is what people say, which a private network may carry.
  if (isSet('OPENAI_API_KEY') && valid.NODE_ENV === 'production' && isClearText(valid.OPENAI_BASE_URL)) {
    fault(
      'OPENAI_BASE_URL',
      'must begin with https:// when NODE_ENV is production: the key would travel in the clear',
    );
  }
}
