import type { DefinitionResult, Progress } from '@turnkeeper/client';
import { useState } from 'react';
import type { ComponentProps, JSX } from 'react';
import type { Collected, LastTurn } from '../workflow/conversation-view.ts';
import { Icon } from '../parts/icon.tsx';
import { Modal } from '../parts/modal.tsx';
import { stepStates } from '../progress/step-states.ts';
import { explainRejection } from '../workflow/explain-rejection.ts';
import { fieldsOf } from '../workflow/field.ts';
import type { PageField } from '../workflow/field.ts';
import { formatField } from '../workflow/format-value.ts';

export function CollectedAside(props: ComponentProps<typeof CollectedSteps>): JSX.Element {
  return (
    <aside className="side" aria-label="Collected data" tabIndex={0}>
      <h2 className="side__title">Collected data</h2>
      <CollectedSteps {...props} />
    </aside>
  );
}

/** The collected data on a narrow screen, which has no room for a side panel. */
export function CollectedDrawer(props: ComponentProps<typeof CollectedSteps>): JSX.Element {
  const [isOpen, setIsOpen] = useState(false);
  const count = Object.keys(props.collected).length;
  return (
    <>
      <button
        type="button"
        className="button button--quiet"
        aria-label={`Collected data, ${count} ${count === 1 ? 'answer' : 'answers'}`}
        aria-haspopup="dialog"
        onClick={() => setIsOpen(true)}
      >
        <Icon name="list" />
        <span aria-hidden="true">{count}</span>
      </button>
      <Modal isOpen={isOpen} title="Collected data" kind="drawer" onClose={() => setIsOpen(false)}>
        <CollectedSteps {...props} />
      </Modal>
    </>
  );
}

interface CollectedStepsProps {
  readonly definition: DefinitionResult;
  readonly collected: Collected;
  readonly lastTurn: LastTurn | null;
  /** Null until the first turn is committed. */
  readonly progress: Progress | null;
}

/** Lists all fields by step, marks those that the last turn changed, and explains those that it rejected. */
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

/** Shows a dash, and says it in words to a screen reader. */
function NotYet(): JSX.Element {
  return (
    <>
      <span aria-hidden="true">–</span>
      <span className="visually-hidden">Not answered yet</span>
    </>
  );
}

interface CollectedFieldProps {
  readonly field: PageField;
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
        {value === undefined ? <NotYet /> : formatField(field, value)}
        {isChanged && <span className="badge">{value === undefined ? 'Cleared' : 'Just saved'}</span>}
      </dd>
      {rejected !== undefined && (
        <dd className="collected__rejected">{`Not accepted: ${explainRejection(field, rejected.issues)}`}</dd>
      )}
    </div>
  );
}
