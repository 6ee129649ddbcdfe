import { parseArgs } from 'node:util';
import { readCommandLine } from '../support/command-line.ts';
import type { ReadArguments } from '../support/command-line.ts';
import { faults, isFaultName, foldNames } from './service/faults.ts';
import type { FaultName } from './service/faults.ts';

/** A note on tokens for the usage text and the start message. */
export const whichTokens = `Only a fixed token (COPILOT_ACCESS_TOKEN) can be tried with it:
client-credentials and on-behalf-of get theirs from Entra, which it does not
emulate.`;

export interface EmulatorArguments {
  readonly port: number;
  readonly fault: FaultName | null;
}

/** 3978 is avoided: by Bot Framework's convention, a bot under development listens there. */
const defaultPort = 4978;
const indent = ' '.repeat(17);
const faultNames = foldNames(Object.keys(faults), 60).join(`\n${indent}`);

export const usage = `Usage: npm run emulator -- [options]

An agent of Microsoft Copilot Studio for those who have none: it speaks the
service's protocol on this machine, and leads through any workflow.
${whichTokens}

  --port N       where it listens on 127.0.0.1 (default ${defaultPort}; 0 for a free
                 port)
  --fault NAME   answers every message with this fault, one of:
                 ${faultNames}
  --help         this text`;

export function readArguments(args: readonly string[]): ReadArguments<EmulatorArguments> {
  return readCommandLine(() => {
    const { values } = parseArgs({
      args: [...args],
      options: {
        port: { type: 'string', default: String(defaultPort) },
        fault: { type: 'string' },
        help: { type: 'boolean', default: false },
      },
    });
    if (values.help) return null;
    const { port, fault = null } = values;
    if (!/^\d+$/.test(port) || Number(port) > 65_535) {
      throw new Error(`--port must be a number from 0 to 65535; it is "${port}".`);
    }
    if (fault !== null && !isFaultName(fault)) throw new Error(`There is no fault "${fault}".`);
    return { port: Number(port), fault };
  });
}
