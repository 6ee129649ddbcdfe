import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { failureReasons } from '../../server/domain/errors.ts';
import { describeEnvironment } from '../../server/environment.ts';

const readme = await readFile(new URL('../../README.md', import.meta.url), 'utf8');

describe('the README', () => {
  it('lists every setting, with its default and meaning, and no other', () => {
    const section = readme.slice(readme.indexOf('## Settings'));
    const rows = section.split('\n').filter((line) => /^\| `[A-Z_]+` \|/.test(line));
    expect(rows).toEqual(
      describeEnvironment().map(
        ({ name, default: preset, meaning }) =>
          `| \`${name}\` | ${preset === null ? '' : `\`${preset}\``} | ${meaning} |`,
      ),
    );
  });

  it('names every reason that a call can fail for today', () => {
    const notYet = ['TENANT_NOT_ALLOWED', 'TURN_INTERRUPTED', 'RATE_LIMITED'];
    const reachable = Object.keys(failureReasons).filter((reason) => !notYet.includes(reason));
    expect(reachable.filter((reason) => !readme.includes(`\`${reason}\``))).toEqual([]);
  });
});
