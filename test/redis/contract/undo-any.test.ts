import fc from 'fast-check';
import { expect, it } from 'vitest';
import { openCaller } from './open-caller.ts';
import { text } from './sample-workflows.ts';

const value = {
  destination: fc.constantFrom('Bergen', 'Oslo', null),
  nights: fc.constantFrom(2, 3, 99, null),
  isAbroad: fc.constantFrom(true, false, null),
  visa: fc.constantFrom('have', 'need', null),
  departure: fc.constantFrom('2026-03-01', '2026-04-01', null),
};
const data = fc.record(value, { requiredKeys: [] });
const move = fc.oneof(
  fc.record({ kind: fc.constant('say' as const), data, action: fc.constantFrom('ask', 'confirm') }),
  fc.record({ kind: fc.constant('enter' as const), data }),
  fc.record({ kind: fc.constant('undo' as const) }),
);

it('an undo after any turn restores exactly what was there before it', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(move, { minLength: 1, maxLength: 8 }), async (moves) => {
      await using test = await openCaller();
      const { turn } = test.caller.workflow;
      const key = { conversationId: 'c', workflowId: 'travel' } as const;
      type Result = Awaited<ReturnType<typeof turn>>;
      const partsOf = ({ workflowState, progress }: Result) => ({
        collected: workflowState.collected,
        sources: workflowState.sources,
        progress,
      });
      const undo = (): Promise<Result> => {
        test.agent.willAnswer({ text: 'Taken back.' });
        return turn({ ...key, input: { type: 'undo' } });
      };
      test.agent.willAnswer({ text: 'Hello' });
      // The states that undos lead back to, oldest first.
      const past = [partsOf(await turn({ ...key, input: { type: 'open' } }))];
      for (const one of moves) {
        if (one.kind === 'undo') {
          if (past.length === 1) await expect(undo()).rejects.toThrow('no change to take back');
          else {
            past.pop();
            expect(partsOf(await undo())).toEqual(past.at(-1));
          }
          continue;
        }
        if (one.kind === 'say') test.agent.willAnswer({ text: 'Noted.', data: one.data, action: one.action });
        const fitting = Object.fromEntries(Object.entries(one.data).filter(([, given]) => given !== 99));
        const result =
          one.kind === 'say'
            ? await turn({ ...key, input: text('hello') })
            : await turn({ ...key, input: { type: 'data', data: fitting, text: 'so', respond: false } });
        if (result.turn.stateChanged) past.push(partsOf(result));
        else expect(partsOf(result)).toEqual(past.at(-1));
      }
      while (past.length > 1) {
        past.pop();
        expect(partsOf(await undo())).toEqual(past.at(-1));
      }
    }),
    { numRuns: 60 },
  );
});
