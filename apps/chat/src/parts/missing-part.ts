import { lazy } from 'react';
import type { ComponentType, LazyExoticComponent } from 'react';

/**
 * A part of the page's program could not be loaded: the connection was away, or a newer page was installed, which has
 * other file names. Loading the page again helps in both cases.
 */
export class MissingPart extends Error {
  override readonly name = 'MissingPart';
}

/**
 * Loads a part of the page's program.
 * @throws MissingPart if it could not be loaded
 */
export async function loadPart<Part>(load: () => Promise<Part>): Promise<Part> {
  try {
    return await load();
  } catch (cause) {
    throw new MissingPart('A part of the page could not be loaded.', { cause });
  }
}

/** A component that is loaded when it is first shown. An ErrorBoundary around it catches a `MissingPart`. */
export function lazyPart<Props>(
  load: () => Promise<{ readonly default: ComponentType<Props> }>,
): LazyExoticComponent<ComponentType<Props>> {
  return lazy(() => loadPart(load));
}
