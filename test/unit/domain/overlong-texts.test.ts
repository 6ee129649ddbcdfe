import { describe, expect, it } from 'vitest';
import { prepareWorkflow } from '../../../server/domain/workflow.ts';
import { z } from '../../../workflows/definition/index.ts';

const address = /^[^@\s]+@[^@\s]+\.[^@\s]+$/;
const collects = z.object({
  mail: z.string().regex(address).max(254, 'must be shorter'),
  copies: z.array(
    z.object({
      to: z
        .string()
        .max(100)
        .regex(/^(a+)+$/),
    }),
  ),
  note: z.string().trim().max(5),
});
const { fields } = prepareWorkflow({
  ...{ id: 'w', version: 1, title: 'W' },
  steps: [{ id: 's', title: 'S', collects }],
});
const check = (name: string, value: unknown) => fields.get(name)?.check(value);

describe('a text that is longer than its field lets through', () => {
  it('is refused in the words of the schema, and its pattern is not tried on it', () => {
    // The second pattern would never finish on this text.
    expect(check('mail', '@.'.repeat(30_000))).toEqual({ ok: false, issues: ['must be shorter'] });
    expect(check('copies', [{ to: 'aa' }, { to: `${'a'.repeat(200)}!` }])).toEqual({
      ok: false,
      issues: ['1.to: Too big: expected string to have <=100 characters'],
    });
  });

  it('is told only after what the schema itself changes', () => {
    expect(check('note', `  abc${' '.repeat(100)}`)).toEqual({ ok: true, value: 'abc' });
    expect(check('mail', 'a@b.c')).toEqual({ ok: true, value: 'a@b.c' });
  });
});
