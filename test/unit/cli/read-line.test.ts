import { describe, expect, it } from 'vitest';
import { readLine } from '../../../cli/chat/read-line.ts';

const read = (line: string) => readLine(line, { kind: 'words' });

describe('a command of the terminal chat', () => {
  it.each([
    ['/set legalName Acme Ltd', { kind: 'set', field: 'legalName', value: 'Acme Ltd' }],
    ['/SET days 3', { kind: 'set', field: 'days', value: 3 }],
    ['/set isAbroad true', { kind: 'set', field: 'isAbroad', value: true }],
    ['/set tags ["a", "b"]', { kind: 'set', field: 'tags', value: ['a', 'b'] }],
    ['/set note "3"', { kind: 'set', field: 'note', value: '3' }],
    ['/set note', { kind: 'set', field: 'note', value: null }],
    ['/undo', { kind: 'undo' }],
  ])('%s', (line, intent) => {
    expect(read(line)).toEqual(intent);
  });

  it('is unclear without a field', () => {
    expect(read('/set').kind).toBe('unclear');
  });
});
