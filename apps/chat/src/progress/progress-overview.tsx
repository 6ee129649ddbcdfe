import type { DefinitionResult, Progress, Summary } from '@turnkeeper/client';
import { useId, useState } from 'react';
import type { JSX } from 'react';
import { describeProgress } from './describe-progress.ts';
import { StepList } from './step-list.tsx';
import { stepStates } from './step-states.ts';

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
              ? 'One of the answered steps is not needed any more.'
              : `${dropped} of the answered steps are not needed any more.`}
          </p>
        )}
        {undecided > 0 && (
          <p className="progress__note">
            {undecided === 1
              ? 'One of the steps ahead is only needed in some cases.'
              : `${undecided} of the steps ahead are only needed in some cases.`}
          </p>
        )}
      </div>
    </section>
  );
}
