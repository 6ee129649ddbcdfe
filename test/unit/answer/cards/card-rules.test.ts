import { describe, expect, it } from 'vitest';
import { mayBeSubmitted } from '../../../../server/domain/card-rules.ts';
import { checkCardAction } from '../../../../server/answer/cards/check-card-action.ts';
import { limits } from '../../../../server/domain/limits.ts';
import { workflowOfSteps } from '../../domain/domain-samples.ts';
import { cardOf, usualRules } from './sample-cards.ts';

const steps = [{ id: 'only', title: 'Only' }];

describe('the rules for the cards of a workflow', () => {
  it('allow every action and no host, where its definition says nothing', () => {
    const rules = { allowedActions: null, allowedHosts: [] };
    expect(workflowOfSteps(steps).cards).toEqual(rules);
    expect(workflowOfSteps(steps, { cards: {} }).cards).toEqual(rules);
  });

  it('are what its definition says, an empty list too', () => {
    const cards = { allowedActions: [], allowedHosts: ['example.com'] };
    expect(workflowOfSteps(steps, { cards }).cards).toEqual(cards);
  });

  it('never allow a name that is longer than names are, on a card that was shown before either', () => {
    const longest = 'n'.repeat(limits.cardActionNameChars);
    expect(mayBeSubmitted(longest, usualRules)).toBe(true);
    expect(mayBeSubmitted(`${longest}n`, usualRules)).toBe(false);
    expect(mayBeSubmitted(`${longest}n`, { ...usualRules, allowedActions: [`${longest}n`] })).toBe(false);
    const card = cardOf([], [{ type: 'Action.Execute', verb: `${longest}n` }]);
    expect(checkCardAction(card, { data: {} }, usualRules)).toMatchObject({ ok: false });
  });
});
