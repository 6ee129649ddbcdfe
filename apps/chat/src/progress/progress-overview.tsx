import type { DefinitionResult, Progress, Summary } from '@turnkeeper/client';
import { useId, useState } from 'react';
import type { JSX } from 'react';
import { describeProgress } from '../parts/read-aloud.ts';
import { Icon } from '../parts/icon.tsx';
import { stepStates } from './step-states.ts';
import type { ShownStep, StepState } from './step-states.ts';

interface ProgressOverviewProps {
  readonly definition: DefinitionResult;
  readonly progress: Progress;
  readonly collected: Readonly<Record<string, unknown>>;
  readonly summary: Summary | null;
}

export function ProgressOverview(props: ProgressOverviewProps): JSX.Element {
  const { definition, progress } = props;
  const [isOpen, setIsOpen] = useState(false);
  const listId = useId();
  const { steps, undecided, dropped } = stepStates(definition, props);
  const current = steps.find(({ id }) => id === progress.currentStep);
  return (
    <section className="progress" aria-label="Progress" data-open={isOpen}>
      <div className="progress__line">
        <p className="progress__position">
          <strong>{`Step ${progress.stepNumber} of ${progress.totalSteps}`}</strong>
          <span className="progress__step">{current?.title ?? progress.currentStep}</span>
        </p>
        <p className="progress__percent">{`${progress.percentComplete}%`}</p>
        <button
          type="button"
          className="progress__toggle link-button"
          aria-expanded={isOpen}
          aria-controls={listId}
          onClick={() => setIsOpen(!isOpen)}
        >
          {isOpen ? 'Hide steps' : 'Show steps'}
        </button>
      </div>
      <progress
        className="progress__bar"
        aria-label="Progress"
        aria-valuetext={describeProgress(progress, current?.title)}
        max={100}
        value={progress.percentComplete}
      />
      <div className="progress__steps">
        <StepList id={listId} steps={steps} />
        {dropped > 0 && (
          <p className="progress__note">
            {dropped === 1
              ? 'One answered step is no longer needed.'
              : `${dropped} answered steps are no longer needed.`}
          </p>
        )}
        {undecided > 0 && (
          <p className="progress__note">
            {undecided === 1
              ? 'One of the next steps is needed only in some cases.'
              : `${undecided} of the next steps are needed only in some cases.`}
          </p>
        )}
      </div>
    </section>
  );
}

const stateInWords: Readonly<Record<StepState, string>> = {
  done: 'done',
  answered: 'answered',
  current: 'current step',
  upcoming: 'to come',
  optional: 'optional',
  'not-needed': 'not needed',
  unfinished: 'not completed',
};

function StepList({ id, steps }: { readonly id: string; readonly steps: readonly ShownStep[] }): JSX.Element {
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

/** Returns whether the mark beside the title is enough for those who see it. */
function isPlain(state: StepState): boolean {
  return state === 'done' || state === 'current' || state === 'upcoming';
}
