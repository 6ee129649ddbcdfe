import { authorityOfCloud } from '../agents/copilot-studio/access-token/authority-of-cloud.ts';
import { agentVariables } from './agent-variables.ts';
import type { Environment, EnvironmentFault } from './fault.ts';
import { isLoopback } from './is-loopback.ts';

type Variable = keyof typeof agentVariables;

const application = ['COPILOT_TENANT_ID', 'COPILOT_CLIENT_ID', 'COPILOT_CLIENT_SECRET'] as const;
const agentName = ['COPILOT_ENVIRONMENT_ID', 'COPILOT_SCHEMA_NAME'] as const;

/** What the chosen agent lacks, and what contradicts itself. What is wrong with a variable alone is told elsewhere. */
export function agentFaults(given: Environment): EnvironmentFault[] {
  const provider = agentVariables.AGENT_PROVIDER.safeParse(given['AGENT_PROVIDER']).data;
  if (provider === undefined) return [];
  switch (provider) {
    case 'copilot-studio':
      return [...addressFaults(given), ...tokenFaults(given)];
    case 'openai-compatible':
      return [
        ...missing(given, ['OPENAI_BASE_URL', 'OPENAI_MODEL']).map((name) =>
          fault(name, 'must be set when AGENT_PROVIDER is openai-compatible'),
        ),
        // Without a key nothing secret travels but what people say, which a private network may carry.
        ...(given['OPENAI_API_KEY'] === undefined ? [] : inTheClearFaults(given, 'OPENAI_BASE_URL', 'key')),
      ];
    case 'guided':
      return [];
  }
}

function addressFaults(given: Environment): EnvironmentFault[] {
  if (given['COPILOT_DIRECT_CONNECT_URL'] !== undefined) {
    return [
      ...set(given, [...agentName, 'COPILOT_AGENT_TYPE']).map((name) =>
        fault(name, 'must not be set beside COPILOT_DIRECT_CONNECT_URL, which says which agent it is'),
      ),
      ...inTheClearFaults(given, 'COPILOT_DIRECT_CONNECT_URL', 'token'),
    ];
  }
  const unnamed = missing(given, agentName);
  if (unnamed.length === agentName.length) {
    return [
      fault(
        'COPILOT_DIRECT_CONNECT_URL',
        'must be set when AGENT_PROVIDER is copilot-studio, or COPILOT_ENVIRONMENT_ID and COPILOT_SCHEMA_NAME',
      ),
    ];
  }
  return unnamed.map((name) =>
    fault(name, 'must be set too: the environment and the schema name belong together'),
  );
}

function inTheClearFaults(
  given: Environment,
  name: 'COPILOT_DIRECT_CONNECT_URL' | 'OPENAI_BASE_URL',
  secret: 'token' | 'key',
): EnvironmentFault[] {
  const address = agentVariables[name].safeParse(given[name]).data;
  if (address === undefined || given['NODE_ENV'] !== 'production') return [];
  const { protocol, hostname } = new URL(address);
  if (protocol === 'https:' || isLoopback(hostname)) return [];
  return [
    fault(
      name,
      `must begin with https:// when NODE_ENV is production: the ${secret} would travel in the clear`,
    ),
  ];
}

function tokenFaults(given: Environment): EnvironmentFault[] {
  if (given['COPILOT_ACCESS_TOKEN'] !== undefined) {
    return [
      ...set(given, application).map((name) =>
        fault(name, 'must not be set beside COPILOT_ACCESS_TOKEN: which token is it to be?'),
      ),
      ...(given['COPILOT_TOKEN_MODE'] === 'on-behalf-of'
        ? [
            fault(
              'COPILOT_ACCESS_TOKEN',
              'must not be set when COPILOT_TOKEN_MODE is on-behalf-of: it would ask in one name for all callers',
            ),
          ]
        : []),
      ...(given['NODE_ENV'] === 'production'
        ? [
            fault(
              'COPILOT_ACCESS_TOKEN',
              'must not be set when NODE_ENV is production: it runs out, and asks in one name for all callers',
            ),
          ]
        : []),
    ];
  }
  const unset = missing(given, application);
  const why = whyAnApplication(given);
  if (unset.length === application.length && why === null) {
    return [
      fault(
        'COPILOT_ACCESS_TOKEN',
        `must be set when AGENT_PROVIDER is copilot-studio, or ${application.slice(0, -1).join(', ')} and ${application[2]}`,
      ),
    ];
  }
  const half = 'must be set too: tenant, client id and secret belong together';
  const message = why === null || unset.length < application.length ? half : `must be set when ${why}`;
  return [...unset.map((name) => fault(name, message)), ...authorityFaults(given)];
}

/** Where one token for all callers would be refused; null where it is as good. */
function whyAnApplication(given: Environment): string | null {
  if (given['COPILOT_TOKEN_MODE'] === 'on-behalf-of') return 'COPILOT_TOKEN_MODE is on-behalf-of';
  return given['NODE_ENV'] === 'production'
    ? 'NODE_ENV is production and AGENT_PROVIDER is copilot-studio'
    : null;
}

function authorityFaults(given: Environment): EnvironmentFault[] {
  const cloud = agentVariables.COPILOT_CLOUD.safeParse(given['COPILOT_CLOUD']).data;
  const isKnown = cloud === undefined || authorityOfCloud[cloud] !== null;
  if (isKnown || given['COPILOT_AUTHORITY'] !== undefined) return [];
  return [
    fault('COPILOT_AUTHORITY', `must be set when COPILOT_CLOUD is ${cloud}: its own is not publicly known`),
  ];
}

function set<Name extends Variable>(given: Environment, names: readonly Name[]): Name[] {
  return names.filter((name) => given[name] !== undefined);
}

function missing<Name extends Variable>(given: Environment, names: readonly Name[]): Name[] {
  return names.filter((name) => given[name] === undefined);
}

function fault(name: Variable, message: string): EnvironmentFault {
  return { name, message };
}
