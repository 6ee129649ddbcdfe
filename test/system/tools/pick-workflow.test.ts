import { describe, expect, it } from 'vitest';
import { pickWorkflow } from '../../../cli/chat/start-conversation.ts';

const workflows = [
  { id: 'leave', title: 'Leave request' },
  { id: 'leave-travel', title: 'Travel during a leave' },
  { id: 'vendor-onboarding', title: 'New supplier' },
  { id: '2fa', title: 'Second factor' },
];

describe('a workflow is picked', () => {
  it.for([
    ['by its number', '3', 'vendor-onboarding'],
    ['by its id', 'vendor-onboarding', 'vendor-onboarding'],
    ['by its id, though another one begins with it', 'leave', 'leave'],
    ['by its title', 'New supplier', 'vendor-onboarding'],
    ['in any case', 'VENDOR-Onboarding', 'vendor-onboarding'],
    ['by how its id begins', 'leave-', 'leave-travel'],
    ['by how its title begins', 'travel d', 'leave-travel'],
    ['by how its id and its title both begin', 'leave r', 'leave'],
    ['by an id that begins with a digit', '2f', '2fa'],
    ['by its number before an id that begins so', '2', 'leave-travel'],
  ] as const)('%s', ([, line, id]) => {
    expect(pickWorkflow(line, workflows)).toMatchObject({ ok: true, workflow: { id } });
  });
});

describe('no workflow is picked', () => {
  it('by a beginning that several have, which it names', () => {
    const picked = pickWorkflow('lea', workflows);
    const explanation = '"lea" may be any of leave, leave-travel: type more of it, or its number.';
    expect(picked).toEqual({ ok: false, explanation });
  });

  it.for(['', '0', '5', '-1', '1.0', 'holiday', 'request'])('by "%s"', (line) => {
    const explanation = 'Type a number from 1 to 4, or the beginning of a name.';
    expect(pickWorkflow(line, workflows)).toEqual({ ok: false, explanation });
  });
});
