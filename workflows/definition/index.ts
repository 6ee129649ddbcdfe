/** The public entry for definition files: `import { defineWorkflow, z } from 'turnkeeper/workflows'`. */
export { z } from 'zod';
export { defineWorkflow } from './define-workflow.ts';
export type { ChoicesDefinition, FindChoices, FoundChoice, LookupContext } from './choices.ts';
export type {
  BudgetDefinition,
  CardsDefinition,
  CheckedFields,
  CheckIssues,
  StepDefinition,
  StoredFields,
  WorkflowDefinition,
} from './define-workflow.ts';
export type { CollectedFields, Json } from './json.ts';
