import { checkDefinition } from '../../workflows/definition/check-definition.ts';
import type { WorkflowDefinition } from '../../workflows/definition/define-workflow.ts';
import { formatFaults, loadDefinitions } from '../definitions/load-definitions.ts';
import type { Agent } from '../orchestrator/ports/agent.ts';
import type { Settings } from '../settings/read-environment.ts';
import type { TurnkeeperOptions } from './options.ts';
import { OptionsError } from './options-error.ts';
import type { OptionFault } from './options-error.ts';
import { readSettings } from './read-settings.ts';

/** Options whose values have been checked. */
export interface CheckedOptions {
  readonly settings: Settings;
  readonly definitions: readonly WorkflowDefinition[];
  /** Undefined: the settings choose one. */
  readonly agent: Agent | undefined;
}

type AnyOptions<Context extends object> = TurnkeeperOptions<WorkflowDefinition, Context>;

/** @throws OptionsError that lists every fault */
export async function readOptions<Context extends object>(
  options: AnyOptions<Context>,
): Promise<CheckedOptions> {
  const { agent } = options;
  const own = isAgent(agent) ? agent : undefined;
  const settings = settingsOf(options, own !== undefined);
  const definitions = await definitionsOf(options.workflows);
  const faults = [
    ...(settings.ok ? [] : settings.faults),
    ...(definitions.ok ? [] : definitions.faults),
    ...functionFaults(options),
  ];
  if (!settings.ok || !definitions.ok || faults.length > 0) throw new OptionsError(faults);
  return { settings: settings.settings, definitions: definitions.definitions, agent: own };
}

/**
 * The settings with another address to listen on.
 * @throws OptionsError
 */
export function settingsAt<Context extends object>(
  options: AnyOptions<Context>,
  address: Pick<AnyOptions<Context>, 'host' | 'port'>,
): Settings {
  const read = settingsOf({ ...options, ...withoutUndefined(address) }, isAgent(options.agent));
  if (!read.ok) throw new OptionsError(read.faults);
  return read.settings;
}

function settingsOf<Context extends object>(options: AnyOptions<Context>, hasAgent: boolean) {
  // The one variable that is read unasked, as in most libraries: in production, nothing may be for development.
  const isProduction = process.env['NODE_ENV'] === 'production';
  return readSettings({
    options: { ...options },
    env: options.env ?? (isProduction ? { NODE_ENV: 'production' } : {}),
    hasAgent,
    hasAuthenticator: options.authenticate !== undefined || options.identify !== undefined,
  });
}

function isAgent(agent: unknown): agent is Agent {
  if (typeof agent !== 'object' || agent === null) return false;
  return (
    'open' in agent && 'send' in agent && typeof agent.open === 'function' && typeof agent.send === 'function'
  );
}

type ReadDefinitions =
  | { readonly ok: true; readonly definitions: readonly WorkflowDefinition[] }
  | { readonly ok: false; readonly faults: readonly OptionFault[] };

async function definitionsOf(workflows: unknown): Promise<ReadDefinitions> {
  const fault = (message: string): ReadDefinitions => ({
    ok: false,
    faults: [{ option: 'workflows', message }],
  });
  if (Array.isArray(workflows)) return inMemory(workflows);
  if (typeof workflows !== 'object' || workflows === null || !('dir' in workflows))
    return fault('must be a list of definitions, or a folder of them: { dir: "./workflows" }');
  const { dir } = workflows;
  // A folder that is no text is a fault of the settings already.
  if (typeof dir !== 'string') return { ok: true, definitions: [] };
  const loaded = await loadDefinitions(dir);
  return loaded.ok
    ? loaded
    : fault(`has faults in ${dir}:\n    ${formatFaults(loaded.faults).replaceAll('\n', '\n    ')}`);
}

function inMemory(workflows: readonly unknown[]): ReadDefinitions {
  if (workflows.length === 0)
    return { ok: false, faults: [{ option: 'workflows', message: 'must hold at least one definition' }] };
  const ids = workflows.map((workflow) =>
    typeof workflow === 'object' && workflow !== null && 'id' in workflow ? String(workflow.id) : '',
  );
  const faults = workflows.flatMap((workflow, index) => {
    const option = `workflows[${index}]`;
    const found = checkDefinition(workflow).map(({ path, message }) => ({
      option,
      message: `(${ids[index] ?? ''}) has a fault: ${path}${path === '' ? '' : ': '}${message}`,
    }));
    const isDuplicate = ids[index] !== '' && ids.indexOf(ids[index] ?? '') < index;
    return isDuplicate
      ? [...found, { option, message: `has the id of another one: ${ids[index] ?? ''}` }]
      : found;
  });
  // Definitions without faults are definitions: `checkDefinition` has checked all of each.
  return faults.length > 0
    ? { ok: false, faults }
    : { ok: true, definitions: workflows as WorkflowDefinition[] };
}

/** Faults of values that no variable could hold: TypeScript finds them first, where it is used. */
function functionFaults<Context extends object>(options: AnyOptions<Context>): OptionFault[] {
  const { agent, authenticate, identify, logger, observer } = options;
  const checks: readonly (readonly [option: string, isRight: boolean, message: string])[] = [
    [
      'agent',
      agent === undefined || isAgent(agent) || hasKeys(agent, ['provider']),
      'must be an agent with name, open and send (turnkeeper/agents), or { provider: … }',
    ],
    ['authenticate', isFunctionOrUnset(authenticate), 'must be a function of the headers'],
    ['identify', isFunctionOrUnset(identify), 'must be a function of the context'],
    [
      'logger',
      typeof logger !== 'object' || hasKeys(logger, ['debug', 'info', 'warn', 'error']),
      'must be a level, or a logger with debug, info, warn and error',
    ],
    ['observer', observer === undefined || hasKeys(observer, ['tell']), 'must be an object with tell'],
  ];
  return checks.flatMap(([option, isRight, message]) => (isRight ? [] : [{ option, message }]));
}

function isFunctionOrUnset(value: unknown): boolean {
  return value === undefined || typeof value === 'function';
}

function hasKeys(value: unknown, keys: readonly string[]): boolean {
  return typeof value === 'object' && value !== null && keys.every((key) => key in value);
}

function withoutUndefined<Part extends object>(part: Part): Part {
  // An option that is given as undefined counts as not given.
  return Object.fromEntries(Object.entries(part).filter(([, value]) => value !== undefined)) as Part;
}
