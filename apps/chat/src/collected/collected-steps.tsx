import type { DefinitionResult, Progress } from '@turnkeeper/client';
import type { JSX } from 'react';
import type { Collected, LastTurn } from '../conversation/standing.ts';
import { stepStates } from '../progress/step-states.ts';
import { explainRejection } from '../workflow/explain-rejection.ts';
import { fieldsOf } from '../workflow/field.ts';
import type { Field } from '../workflow/field.ts';
import { formatValue } from '../workflow/format-value.ts';

interface CollectedStepsProps {
  readonly definition: DefinitionResult;
  readonly collected: Collected;
  readonly lastTurn: LastTurn | null;
  /** Null until its first turn is there. */
  readonly progress: Progress | null;
}

/** Everything that is known so far, step by step; what the last turn changed is marked, and what it rejected explained. */
export function CollectedSteps({
  definition,
  collected,
  lastTurn,
  progress,
}: CollectedStepsProps): JSX.Element {
  const states =
    progress === null ? [] : stepStates(definition, { progress, collected, summary: null }).steps;
  const steps = definition.steps
    .map((step, index) => ({ step, fields: fieldsOf(step), state: states[index]?.state }))
    .filter(({ fields }) => fields.length > 0);
  return (
    <div className="collected">
      {steps.map(({ step, fields, state }) => (
        <section key={step.id} className="collected__step" data-state={state}>
          <h3>
            {step.title}
            {state === 'not-needed' && ', not needed'}
          </h3>
          <dl>
            {fields.map((field) => (
              <CollectedField
                key={field.name}
                field={field}
                value={collected[field.name]}
                lastTurn={lastTurn}
              />
            ))}
          </dl>
        </section>
      ))}
    </div>
  );
}

/** A dash is enough for who sees the whole list. */
function NotYet(): JSX.Element {
  return (
    <>
      <span aria-hidden="true">–</span>
      <span className="visually-hidden">Not answered yet</span>
    </>
  );
}

interface CollectedFieldProps {
  readonly field: Field;
  readonly value: unknown;
  readonly lastTurn: LastTurn | null;
}

function CollectedField({ field, value, lastTurn }: CollectedFieldProps): JSX.Element {
  const isChanged = lastTurn !== null && Object.hasOwn(lastTurn.changed, field.name);
  const rejected = lastTurn?.rejected.find((candidate) => candidate.field === field.name);
  return (
    <div className="collected__field" data-changed={isChanged}>
      <dt>
        {field.label}
        {!field.isRequired && <span className="collected__optional"> (optional)</span>}
      </dt>
      <dd className={value === undefined ? 'collected__missing' : 'collected__value'}>
        {value === undefined ? <NotYet /> : formatValue(value, field.kind)}
        {isChanged && <span className="badge">{value === undefined ? 'Cleared' : 'Just saved'}</span>}
      </dd>
      {rejected !== undefined && (
        <dd className="collected__rejected">{`Not accepted: ${explainRejection(field, rejected.issues)}`}</dd>
      )}
    </div>
  );
}
