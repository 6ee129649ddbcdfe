import type { ComponentProps, JSX } from 'react';
import { CollectedSteps } from './collected-steps.tsx';

export function CollectedAside(props: ComponentProps<typeof CollectedSteps>): JSX.Element {
  return (
    <aside className="side" aria-label="Collected data" tabIndex={0}>
      <h2 className="side__title">Collected data</h2>
      <CollectedSteps {...props} />
    </aside>
  );
}
