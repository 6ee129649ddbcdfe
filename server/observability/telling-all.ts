import type { Observer } from '../orchestrator/ports/observer.ts';

/** Makes one observer of several, which are told in this order. One alone stays as it is, and costs no more. */
export function tellingAll([first, ...others]: readonly [Observer, ...Observer[]]): Observer {
  if (others.length === 0) return first;
  return {
    tell: (event) => {
      first.tell(event);
      for (const observer of others) observer.tell(event);
    },
  };
}
