import { isatty } from 'node:tty';
import pc from 'picocolors';

export type Colors = ReturnType<typeof pc.createColors>;

const standardOutput = 1;

/** Colours for a terminal that has them and whose owner wants them (NO_COLOR); plain text for a pipe, in CI too. */
export function terminalColors(): Colors {
  return pc.createColors(isatty(standardOutput) && pc.isColorSupported);
}
