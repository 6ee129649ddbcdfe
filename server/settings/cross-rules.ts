import { z } from 'zod';

/** The names of the variables that may be unset. One with a default always has a value. */
type OptionalName<Values> = {
  [Name in keyof Values]-?: undefined extends Values[Name] ? Name : never;
}[keyof Values];

/** The variables of a group, as its cross rules see them. */
export interface GivenVariables<Values> {
  /** The values that are valid by themselves; an invalid one is reported already, and missing here. */
  readonly valid: { readonly [Name in keyof Values]?: Values[Name] | undefined };
  /** True for a variable that is set, valid or not. */
  readonly isSet: (name: OptionalName<Values>) => boolean;
  /** Reports a fault. The message continues the variable's name: `must be set when …`. */
  readonly fault: (name: keyof Values & string, message: string) => void;
}

const crossFault = { isBetweenVariables: true };

/** True for a fault of a rule between variables: the value alone does not explain it. */
export function isCrossFault(issue: z.core.$ZodIssue): boolean {
  return issue.code === 'custom' && issue.params === crossFault;
}

/**
 * The rules between the variables of a group, as a check of the group's schema. They run even if a variable is invalid
 * by itself, so that a start lists every fault at once.
 */
export function crossRules<Values extends object>(rules: (given: GivenVariables<Values>) => void) {
  return z.superRefine<Values>(
    (values, context) => {
      const invalid = new Set(context.issues.map(({ path }) => path?.[0]));
      const valid: { [Name in keyof Values]?: Values[Name] | undefined } = { ...values };
      for (const name of keysOf(valid)) if (invalid.has(name)) valid[name] = undefined;
      rules({
        valid,
        isSet: (name) => values[name] !== undefined,
        fault: (name, message) =>
          context.addIssue({ code: 'custom', path: [name], message, params: crossFault }),
      });
    },
    { when: () => true },
  );
}

function keysOf<Values extends object>(values: Values): (keyof Values)[] {
  // A schema's output has the keys that the schema names, and no others.
  return Object.keys(values) as (keyof Values)[];
}

/**
 * A value that the group's rules demand, for the type checker: the settings are made of values that passed the rules.
 * @throws Error if a rule is missing
 */
export function demanded<Value>(value: Value | null | undefined): Value {
  if (value === undefined || value === null) throw new Error('no rule demands this variable');
  return value;
}
