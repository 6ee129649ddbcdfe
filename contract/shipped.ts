import type expenseReport from '../workflows/expense-report.ts';
import type incidentIntake from '../workflows/incident-intake.ts';
import type vendorOnboarding from '../workflows/vendor-onboarding.ts';

/**
 * The shipped workflows written in TypeScript; their step ids and fields reach the client as literal types.
 *
 * @example
 * ```ts
 * const client: TurnkeeperClient<ShippedDefinition> = createTurnkeeperClient({ url });
 * ```
 */
export type ShippedDefinition = typeof vendorOnboarding | typeof incidentIntake | typeof expenseReport;
