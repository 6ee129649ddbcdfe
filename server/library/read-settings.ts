/**
 * The settings that options and an environment make together. An option becomes the text of its variable, and the
 * variables' schemas check it, so that an option can't mean anything else than its variable does.
 */
import leven from 'leven';
import { agentVariableNames, parseEnvironment } from '../settings/read-environment.ts';
import type { Environment, Settings } from '../settings/read-environment.ts';
import { optionNames } from './option-names.ts';
import type { OptionFault } from './options-error.ts';

interface GivenOptions {
  readonly options: Readonly<Record<string, unknown>>;
  readonly env: Environment;
  readonly hasAgent: boolean;
  readonly hasAuthenticator: boolean;
}

type ReadSettings =
  | { readonly ok: true; readonly settings: Settings }
  | { readonly ok: false; readonly faults: readonly OptionFault[] };

const variables = Object.entries(optionNames);

/** Reads the settings. An option wins over its variable; lists every fault at once, by the name that it was given under. */
export function readSettings({ options, env, hasAgent, hasAuthenticator }: GivenOptions): ReadSettings {
  const faults: OptionFault[] = unknownOptions(options);
  const texts: Record<string, string> = {};
  for (const [variable, option] of variables) {
    const value = valueAt(options, option);
    if (value === undefined) continue;
    const text = option === 'oidcIssuers' ? JSON.stringify(value) : textOf(value);
    if (text === null)
      faults.push({ option, message: 'must be a text, a number, true or false, or a list of texts' });
    else if (isListOfTexts(value) && value.length !== text.split(',').length)
      faults.push({ option, message: 'must be a list of texts without commas' });
    else texts[variable] = text;
  }
  // A library is silent unless it is told otherwise.
  const given: Record<string, string | undefined> = { LOG_LEVEL: 'silent', ...withoutEmpty(env), ...texts };
  if (hasAgent) for (const name of agentVariableNames) given[name] = undefined;
  const parsed = parseEnvironment(given, { hasAuthenticator });
  const nameOf = (variable: string): string => {
    const isOfEnvironment = texts[variable] === undefined && (env[variable] ?? '') !== '';
    return isOfEnvironment ? variable : optionOf(variable);
  };
  if (!parsed.ok) {
    for (const { name, message } of parsed.faults)
      faults.push({ option: nameOf(name), message: inOptions(name, message, nameOf) });
  }
  return parsed.ok && faults.length === 0 ? { ok: true, settings: parsed.settings } : { ok: false, faults };
}

const optionOf = (variable: string): string =>
  (optionNames as Readonly<Record<string, string>>)[variable] ?? variable;

/** A message about variables, about the options instead. */
function inOptions(variable: string, message: string, nameOf: (variable: string) => string): string {
  const named = message.replaceAll(/[A-Z][A-Z0-9_]{3,}/g, nameOf);
  return variable === 'AUTH_MODE'
    ? `${named}. Give authenticate, a function that finds out who calls`
    : named;
}

function unknownOptions(options: Readonly<Record<string, unknown>>): OptionFault[] {
  const others = ['workflows', 'agent', 'authenticate', 'identify', 'observer', 'env'];
  const known = [...variables.map(([, option]) => option), ...others];
  const agent = options['agent'];
  const names = [
    ...Object.keys(options),
    ...(isSettings(agent) ? Object.keys(agent).map((key) => `agent.${key}`) : []),
  ];
  return names
    .filter((name) => !known.includes(name))
    .map((name) => {
      const near = known.find((candidate) => leven(candidate.toLowerCase(), name.toLowerCase()) <= 2);
      return {
        option: name,
        message: `is not an option${near === undefined ? '' : `: did you mean ${near}?`}`,
      };
    });
}

/** True for an agent that is chosen by its provider; the other kind brings its own functions. */
function isSettings(agent: unknown): agent is object {
  return typeof agent === 'object' && agent !== null && 'provider' in agent;
}

/** The value of an option, where it is one for a variable. */
function valueAt(options: Readonly<Record<string, unknown>>, option: string): unknown {
  const [name = '', inner] = option.split('.');
  const value = options[name];
  if (inner === undefined) return name === 'logger' && typeof value === 'object' ? undefined : value;
  if (typeof value !== 'object' || value === null) return undefined;
  return (value as Readonly<Record<string, unknown>>)[inner];
}

function isListOfTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

/** Null for a value that no variable could hold. */
function textOf(value: unknown): string | null {
  if (isListOfTexts(value)) return value.join(',');
  return ['string', 'number', 'boolean'].includes(typeof value) ? String(value) : null;
}

/** An empty variable counts as unset, so it must not hide a default. */
function withoutEmpty(env: Environment): Environment {
  return Object.fromEntries(Object.entries(env).filter(([, value]) => (value ?? '').trim() !== ''));
}
