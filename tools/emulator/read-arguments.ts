import { parseArgs } from 'node:util';
import { faults, isFaultName } from './service/faults.ts';
import type { FaultName } from './service/faults.ts';
import { foldNames } from './fold-names.ts';
import { whichTokens } from './which-tokens.ts';

export interface EmulatorArguments {
  readonly port: number;
  readonly fault: FaultName | null;
}

/** Not 3978: there a bot under development listens, by Bot Framework's convention. */
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

type ReadArguments =
  | { readonly kind: 'arguments'; readonly arguments: EmulatorArguments }
  | { readonly kind: 'help' }
  | { readonly kind: 'fault'; readonly message: string };

export function readArguments(args: readonly string[]): ReadArguments {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        port: { type: 'string', default: String(defaultPort) },
        fault: { type: 'string' },
        help: { type: 'boolean', default: false },
      },
    });
    if (values.help) return { kind: 'help' };
    const port = Number(values.port);
    if (!/^\d+$/.test(values.port) || port > 65_535) {
      return { kind: 'fault', message: `--port must be a number from 0 to 65535; it is "${values.port}".` };
    }
    const { fault } = values;
    if (fault === undefined) return { kind: 'arguments', arguments: { port, fault: null } };
    if (isFaultName(fault)) return { kind: 'arguments', arguments: { port, fault } };
    return { kind: 'fault', message: `There is no fault "${fault}".` };
  } catch (error) {
    return { kind: 'fault', message: error instanceof Error ? error.message : String(error) };
  }
}
