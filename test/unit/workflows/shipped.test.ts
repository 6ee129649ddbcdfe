import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { checkDefinition } from '../../../workflows/definition/check-definition.ts';
import { definitionFromJson } from '../../../workflows/definition/from-json.ts';
import expenseReport from '../../../workflows/expense-report.ts';
import incidentIntake from '../../../workflows/incident-intake.ts';
import vendorOnboarding from '../../../workflows/vendor-onboarding.ts';
import { expense, incident, leave, vendor } from '../agents/guided/play.ts';

const folder = new URL('../../../workflows/', import.meta.url);
const inJson: unknown = JSON.parse(readFileSync(new URL('leave-request.json', folder), 'utf8'));

describe('the shipped workflows', () => {
  it.each([
    ['vendor-onboarding', vendorOnboarding],
    ['incident-intake', incidentIntake],
    ['expense-report', expenseReport],
  ])('%s has no fault', (_id, definition) => {
    expect(checkDefinition(definition)).toEqual([]);
  });

  it('leave-request has no fault, its JSON Schemas included', () => {
    const { candidate, faults } = definitionFromJson(inJson);
    expect([...faults, ...checkDefinition(candidate)]).toEqual([]);
  });

  it('are all the definitions in the folder, each in a file of its own name', () => {
    const files = readdirSync(folder).filter((name) => /\.(ts|json)$/.test(name));
    expect(files.sort()).toEqual(
      [`${expense.id}.ts`, `${incident.id}.ts`, `${leave.id}.json`, `${vendor.id}.ts`].sort(),
    );
  });

  it.each([vendor, incident, leave, expense])(
    '$id ends with a step to confirm that collects nothing',
    ({ steps }) => {
      expect(steps.length).toBeGreaterThanOrEqual(3);
      expect(steps.map((step) => step.fields.length === 0)).toEqual(
        steps.map((_step, index) => index === steps.length - 1),
      );
    },
  );

  it.each([vendor, incident, leave, expense])(
    '$id gives every field a title and a description to ask with',
    ({ fields }) => {
      for (const { name, jsonSchema } of fields.values()) {
        expect(jsonSchema, name).toMatchObject({
          title: expect.stringMatching(/^[A-Z]/) as unknown,
          // The agent asks for it as "What is the …?" or "Could you tell me whether …?"
          description: expect.stringMatching(/^(?:the|your|a|how|when|whether) /) as unknown,
        });
      }
    },
  );

  it('between them show every kind of field that the documentation names', () => {
    const schemas = [vendor, incident, leave, expense].flatMap(({ fields }) =>
      [...fields.values()].map(({ jsonSchema, required }) => ({ ...jsonSchema, required })),
    );
    for (const kind of [
      { format: 'email' },
      { format: 'uri' },
      { format: 'date' },
      { format: 'date-time' },
      { type: 'integer', minimum: 1, maximum: 60 },
      { type: 'number' },
      { type: 'boolean' },
      { type: 'boolean', required: false },
      { type: 'string', required: false },
      { enum: expect.any(Array) as unknown },
    ]) {
      expect(schemas).toContainEqual(expect.objectContaining(kind));
    }
  });

  it('have steps that apply only where they are needed', () => {
    const applying = (workflow: typeof vendor, collected: Record<string, string | boolean>): string[] =>
      workflow.steps.filter((step) => step.isApplicable(collected)).map((step) => step.id);
    expect(applying(vendor, {})).not.toContain('data-protection');
    expect(applying(vendor, { handlesPersonalData: true })).toContain('data-protection');
    expect(applying(incident, { severity: 'low' })).not.toContain('communication');
    expect(applying(incident, { severity: 'critical' })).toContain('communication');
  });
});
