import type { JSX } from 'react';
import { Icon } from '../parts/icon.tsx';
import type { ShownStep, StepState } from './step-states.ts';

const stateInWords: Readonly<Record<StepState, string>> = {
  done: 'done',
  answered: 'answered',
  current: 'current step',
  upcoming: 'to come',
  optional: 'optional',
  'not-needed': 'not needed',
  unfinished: 'not completed',
};

export function StepList({
  id,
  steps,
}: {
  readonly id: string;
  readonly steps: readonly ShownStep[];
}): JSX.Element {
  return (
    <ol className="steps" id={id} aria-label="Steps">
      {steps.map((step) => (
        <li
          key={step.id}
          className={`step step--${step.state}`}
          aria-current={step.state === 'current' ? 'step' : undefined}
        >
          <span className="step__mark" aria-hidden="true">
            {step.state === 'done' ? <Icon name="check" /> : (step.number ?? '·')}
          </span>
          <span className="step__title">{step.title}</span>
          <span className={isPlain(step.state) ? 'visually-hidden' : 'step__state'}>
            {`, ${stateInWords[step.state]}`}
          </span>
        </li>
      ))}
    </ol>
  );
}

/** What the mark beside the title shows needs no words for those who see it. */
function isPlain(state: StepState): boolean {
  return state === 'done' || state === 'current' || state === 'upcoming';
}
