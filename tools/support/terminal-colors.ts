import pc from 'picocolors';

export type Colors = ReturnType<typeof pc.createColors>;

/** Colours for a terminal that has them and whose owner wants them (NO_COLOR); plain text for a pipe. */
export function terminalColors(): Colors {
  return pc.createColors(process.stdout.isTTY && pc.isColorSupported);
}
