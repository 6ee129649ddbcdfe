import { describe, expect, it } from 'vitest';
import { caseNames, readOptions, usage } from '../../../bench/options.ts';

const optionsOf = (...args: string[]) => {
  const read = readOptions(args);
  if (read.kind !== 'arguments') throw new Error(`${args.join(' ')} was read as ${read.kind}`);
  return read.arguments;
};

const faultOf = (...args: string[]): string => {
  const read = readOptions(args);
  if (read.kind !== 'fault') throw new Error(`${args.join(' ')} was read as ${read.kind}`);
  return read.message;
};

describe('the options of npm run bench', () => {
  it('run every case by default', () => {
    expect(optionsOf()).toEqual({
      cases: caseNames,
      seconds: 2,
      rounds: 5,
      isQuick: false,
      watchers: 200,
      idle: 100_000,
      out: 'bench/results',
    });
  });

  it('choose cases by name, each once, in the order of the bench', () => {
    expect(optionsOf('bytes', 'http', 'bytes').cases).toEqual(['http', 'bytes']);
  });

  it('make everything smaller with --quick, except what is given', () => {
    expect(optionsOf('--quick', '--rounds', '7')).toMatchObject({
      seconds: 0.25,
      rounds: 7,
      isQuick: true,
      watchers: 20,
      idle: 1_000,
    });
  });

  it('take numbers', () => {
    expect(optionsOf('--seconds', '0.5', '--watchers', '2000', '--idle=10')).toMatchObject({
      seconds: 0.5,
      watchers: 2_000,
      idle: 10,
    });
  });

  it.each([
    [['htpp'], 'There is no case "htpp". The cases are: in-process, http,'],
    [['--seconds', 'soon'], '--seconds must be a number from 0.05 to 600; it is "soon".'],
    [['--seconds', '0'], '--seconds must be a number from 0.05 to 600; it is "0".'],
    [['--rounds', '1.5'], '--rounds must be a whole number; it is "1.5".'],
    [['--watchers', '10000000'], '--watchers must be a number from 1 to 9000; it is "10000000".'],
    [['--idle', ''], '--idle must be a number from 1 to 10000000; it is "".'],
    [['--fast'], "Unknown option '--fast'"],
  ])('refuse %j and say why', (args, message) => {
    expect(faultOf(...args)).toContain(message);
  });

  it('are listed by --help, with every case', () => {
    expect(readOptions(['--help'])).toEqual({ kind: 'help' });
    for (const name of caseNames) expect(usage).toContain(name);
  });
});
