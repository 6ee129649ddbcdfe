import { describe, expect, it } from 'vitest';
import { workflowOfSteps } from '../domain-samples.ts';

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
});
