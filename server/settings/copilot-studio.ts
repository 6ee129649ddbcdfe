import type { AgentType } from '@microsoft/agents-copilotstudio-client';
import { z } from 'zod';
import { authorityOfCloud } from '../agents/copilot-studio/access-token/entra-application.ts';
import type { CloudName, EntraApplication } from '../agents/copilot-studio/access-token/entra-application.ts';
import type { CopilotStudioAddress } from '../agents/copilot-studio/endpoint.ts';
import type { CardSubmit } from '../agents/copilot-studio/to-activity.ts';
import type { coreVariables } from './core.ts';
import { demanded } from './cross-rules.ts';
import type { GivenVariables } from './cross-rules.ts';
import { httpUrl, httpsOrigin, isClearText, matching, word } from './values.ts';

const agentTypes = ['Published', 'Prebuilt'] as const satisfies readonly (keyof typeof AgentType)[];
const cloudNames = Object.keys(authorityOfCloud) as [CloudName, ...CloudName[]];

/** A token that may stand in a header after `Bearer` (RFC 6750, 2.1). */
const bearerToken = matching(
  /^[A-Za-z0-9._~+/-]+=*$/,
  'must be the access token alone: letters, digits, and . _ ~ + / - =',
);
const guid = matching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i, 'must be a GUID');

/** The likeliest mistake is the address in the browser in which the agent is built. */
const connectionString = httpUrl.refine(
  (value) =>
    !URL.canParse(value) || !/^copilotstudio\.([a-z]+\.)?microsoft\.com$/.test(new URL(value).hostname),
  "must be the agent's connection string, not the address of a page of Copilot Studio: copy it there from Channels > " +
    'Web app or Native app, under Microsoft 365 Agents SDK',
);

/** An agent of Microsoft Copilot Studio: its address, and the tokens that it is asked with. */
export const copilotStudioVariables = {
  COPILOT_DIRECT_CONNECT_URL: connectionString
    .optional()
    .describe("The agent's connection string, as Copilot Studio shows it under Channels"),
  COPILOT_ENVIRONMENT_ID: matching(
    /^(?=.{8,64}$)[A-Za-z0-9]+(-[A-Za-z0-9]+)*$/,
    'must be 8 to 64 letters and digits, with hyphens between them',
  )
    .optional()
    .describe("The agent's environment: with the schema name, instead of that URL"),
  COPILOT_SCHEMA_NAME: matching(
    /^[A-Za-z0-9_.-]{1,200}$/,
    'must be 1 to 200 letters, digits, underscores, dots or hyphens',
  )
    .optional()
    .describe("The agent's schema name, from its metadata in Copilot Studio"),
  COPILOT_AGENT_TYPE: word(agentTypes)
    .optional()
    .describe('The kind of agent that the schema name is of: `Published` unless set, or `Prebuilt`'),
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
      "The name in which the agent is asked: `client-credentials` the application's, `on-behalf-of` the caller's, who " +
        'sends an access token for the application',
    ),
  COPILOT_AUTHORITY: httpsOrigin
    .optional()
    .describe("The authority that issues tokens, if not the cloud's: `https://login.example.com`"),
  COPILOT_CARD_SUBMIT: word(['message', 'invoke'])
    .prefault('message')
    .describe(
      "The form in which a card's data is sent to the agent: a message with a `value`, or an `adaptiveCard/action` invoke",
    ),
  COPILOT_LOCALE: z
    .string()
    .refine(isLocale, 'must be a language tag like en-US')
    .optional()
    .describe("The language in which the agent's conversations start; by default the agent's own"),
};

/** An agent of Copilot Studio. */
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

type Variables = typeof copilotStudioVariables & Pick<typeof coreVariables, 'NODE_ENV'>;
type CopilotValues = z.output<z.ZodObject<Variables>>;
type GivenCopilotValues = GivenVariables<CopilotValues>;

/** `copilotStudioVariables`, which passed the rules, with the names that the code uses. */
export function copilotStudioSettings(values: CopilotValues): CopilotStudioSettings {
  return {
    provider: 'copilot-studio',
    address: addressOf(values),
    cloud: values.COPILOT_CLOUD,
    token: tokenOf(values),
    cardSubmit: values.COPILOT_CARD_SUBMIT,
    locale: values.COPILOT_LOCALE ?? null,
  };
}

function addressOf(values: CopilotValues): CopilotStudioAddress {
  const { COPILOT_DIRECT_CONNECT_URL: url } = values;
  if (url !== undefined) return { kind: 'direct', url };
  return {
    kind: 'named',
    environmentId: demanded(values.COPILOT_ENVIRONMENT_ID),
    schemaName: demanded(values.COPILOT_SCHEMA_NAME),
    agentType: values.COPILOT_AGENT_TYPE ?? 'Published',
  };
}

function tokenOf(values: CopilotValues): CopilotStudioSettings['token'] {
  const { COPILOT_ACCESS_TOKEN: token } = values;
  if (token !== undefined) return { kind: 'fixed', token };
  const application = {
    mode: values.COPILOT_TOKEN_MODE,
    tenantId: demanded(values.COPILOT_TENANT_ID),
    clientId: demanded(values.COPILOT_CLIENT_ID),
    clientSecret: demanded(values.COPILOT_CLIENT_SECRET),
    authority: demanded(values.COPILOT_AUTHORITY ?? authorityOfCloud[values.COPILOT_CLOUD]),
  };
  return { kind: 'entra', application };
}

/** The agent needs one address and one kind of token. */
export function copilotStudioRules(given: GivenCopilotValues): void {
  addressRules(given);
  tokenRules(given);
}

function addressRules({ valid, isSet, fault }: GivenCopilotValues): void {
  const names = ['COPILOT_ENVIRONMENT_ID', 'COPILOT_SCHEMA_NAME'] as const;
  const ofNamed = [...names, 'COPILOT_AGENT_TYPE'] as const;
  if (isSet('COPILOT_DIRECT_CONNECT_URL')) {
    const message = 'must not be set beside COPILOT_DIRECT_CONNECT_URL, which says which agent it is';
    for (const name of ofNamed) if (isSet(name)) fault(name, message);
    if (valid.NODE_ENV === 'production' && isClearText(valid.COPILOT_DIRECT_CONNECT_URL)) {
      fault(
        'COPILOT_DIRECT_CONNECT_URL',
        'must begin with https:// when NODE_ENV is production: the token would travel in the clear',
      );
    }
    return;
  }
  if (!names.some(isSet)) {
    fault(
      'COPILOT_DIRECT_CONNECT_URL',
      'must be set when AGENT_PROVIDER is copilot-studio, or COPILOT_ENVIRONMENT_ID and COPILOT_SCHEMA_NAME',
    );
    return;
  }
  for (const name of names) {
    if (!isSet(name)) fault(name, 'must be set too: the environment and the schema name belong together');
  }
}

const applicationNames = ['COPILOT_TENANT_ID', 'COPILOT_CLIENT_ID', 'COPILOT_CLIENT_SECRET'] as const;

function tokenRules(given: GivenCopilotValues): void {
  const { valid, isSet, fault } = given;
  if (isSet('COPILOT_ACCESS_TOKEN')) {
    fixedTokenRules(given);
    return;
  }
  const unset = applicationNames.filter((name) => !isSet(name));
  const need = needOfApplication(given);
  const isNoneSet = unset.length === applicationNames.length;
  if (isNoneSet && need === null) {
    fault(
      'COPILOT_ACCESS_TOKEN',
      'must be set when AGENT_PROVIDER is copilot-studio, or COPILOT_TENANT_ID, COPILOT_CLIENT_ID and COPILOT_CLIENT_SECRET',
    );
    return;
  }
  const message =
    isNoneSet && need !== null
      ? `must be set when ${need}`
      : 'must be set too: tenant, client id and secret belong together';
  for (const name of unset) fault(name, message);
  const { COPILOT_CLOUD: cloud } = valid;
  if (cloud !== undefined && authorityOfCloud[cloud] === null && !isSet('COPILOT_AUTHORITY')) {
    fault('COPILOT_AUTHORITY', `must be set when COPILOT_CLOUD is ${cloud}: its own is not publicly known`);
  }
}

function fixedTokenRules({ valid, isSet, fault }: GivenCopilotValues): void {
  for (const name of applicationNames) {
    if (isSet(name)) fault(name, 'must not be set beside COPILOT_ACCESS_TOKEN: set only one of them');
  }
  if (valid.COPILOT_TOKEN_MODE === 'on-behalf-of') {
    fault(
      'COPILOT_ACCESS_TOKEN',
      'must not be set when COPILOT_TOKEN_MODE is on-behalf-of: it would ask in one name for all callers',
    );
  }
  if (valid.NODE_ENV === 'production') {
    fault(
      'COPILOT_ACCESS_TOKEN',
      'must not be set when NODE_ENV is production: it expires, and asks in one name for all callers',
    );
  }
}

/** The condition that forbids one token for all callers; null if there is none. */
function needOfApplication({ valid }: GivenCopilotValues): string | null {
  if (valid.COPILOT_TOKEN_MODE === 'on-behalf-of') return 'COPILOT_TOKEN_MODE is on-behalf-of';
  return valid.NODE_ENV === 'production'
    ? 'NODE_ENV is production and AGENT_PROVIDER is copilot-studio'
    : null;
}

function isLocale(tag: string): boolean {
  try {
    return Intl.getCanonicalLocales(tag).length === 1;
  } catch {
    return false;
  }
}
