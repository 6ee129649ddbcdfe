import { defineWorkflow, z } from './definition/index.ts';

/** Reports above this sum, in euros, need an approver. */
const approvedAbove = 500;
const mostInAll = 20_000;

const costCentres = [
  { value: '1010', title: 'Board and legal' },
  { value: '2110', title: 'Marketing' },
  { value: '2120', title: 'Market research' },
  { value: '2200', title: 'Sales Europe' },
  { value: '2210', title: 'Sales Americas' },
  { value: '3100', title: 'Product development' },
  { value: '3200', title: 'Customer support' },
  { value: '4100', title: 'Facilities' },
  { value: '4200', title: 'IT operations' },
  { value: '5000', title: 'People and learning' },
];

interface Line {
  readonly amount?: number;
}

function totalOf(lines: readonly Line[]): number {
  // Sums of cents would not be whole numbers of cents otherwise.
  return Math.round(lines.reduce((sum, { amount = 0 }) => sum + amount * 100, 0)) / 100;
}

export default defineWorkflow({
  id: 'expense-report',
  version: 1,
  title: 'Expense report',
  description: 'Your expenses of one trip or purpose, for accounting.',
  steps: [
    {
      id: 'purpose',
      title: 'Purpose',
      collects: z.object({
        purpose: z
          .string()
          .trim()
          .min(3)
          .max(100)
          .describe('the purpose of the expenses')
          .meta({ title: 'Purpose', examples: ['Trade fair in Milan'] }),
        costCentre: z.string().max(100).describe('the cost centre that pays').meta({ title: 'Cost centre' }),
        attendees: z
          .array(
            z.enum(['employees', 'customers', 'suppliers', 'applicants', 'guests']).meta({
              titles: {
                employees: 'Employees',
                customers: 'Customers',
                suppliers: 'Suppliers',
                applicants: 'Applicants',
                guests: 'Other guests',
              },
            }),
          )
          .min(1)
          .describe('the people who took part')
          .meta({ title: 'Attendees' }),
      }),
      choices: {
        costCentre: {
          find: (query) => {
            const words = query.toLowerCase().split(/\s+/);
            return Promise.resolve(
              costCentres.filter(({ value, title }) =>
                words.every((word) => `${value} ${title}`.toLowerCase().includes(word)),
              ),
            );
          },
          whenUnavailable: 'accept',
        },
      },
    },
    {
      id: 'expenses',
      title: 'Expenses',
      collects: z.object({
        lines: z
          .array(
            z
              .object({
                item: z
                  .string()
                  .trim()
                  .min(2)
                  .max(80)
                  .describe('the thing that you paid for')
                  .meta({ title: 'Item', examples: ['Taxi to the airport'] }),
                date: z.iso.date().describe('the day you paid').meta({ title: 'Date' }),
                amount: z
                  .number()
                  .min(0.01)
                  .max(10_000)
                  .describe('the amount on the receipt, in euros')
                  .meta({ title: 'Amount' }),
                category: z
                  .enum(['travel', 'lodging', 'meals', 'supplies', 'other'])
                  .describe('the category of the expense')
                  .meta({
                    title: 'Category',
                    titles: {
                      travel: 'Travel and transport',
                      lodging: 'Hotel and lodging',
                      meals: 'Meals and drinks',
                      supplies: 'Office supplies',
                      other: 'Something else',
                    },
                  }),
                note: z.string().trim().max(200).describe('a note').meta({ title: 'Note' }).optional(),
              })
              .meta({ title: 'Line' }),
          )
          .min(1)
          .max(50)
          .describe('the expenses, a line for each receipt')
          .meta({ title: 'Expenses' }),
        total: z
          .number()
          .min(0)
          .max(mostInAll)
          .describe('the sum of all lines, in euros, as you have it')
          .meta({ title: 'Total' }),
        allReceipts: z
          .boolean()
          .describe('whether you have a receipt for every line')
          .meta({ title: 'All receipts' }),
        missingReceipts: z
          .string()
          .trim()
          .min(3)
          .max(500)
          .describe('the reason for each missing receipt')
          .meta({ title: 'Missing receipts' }),
      }),
      fieldWhen: { missingReceipts: ({ allReceipts }) => allReceipts === false },
      check: ({ fields: { lines = [], total } }) => {
        const sum = totalOf(lines);
        if (total === undefined || total === sum) return {};
        const sums = `The lines add up to ${sum.toFixed(2)}, and the total says ${total.toFixed(2)}`;
        return { total: `${sums}: to change the lines, clear the total first.` };
      },
    },
    {
      id: 'approval',
      title: 'Approval',
      description: `Because the sum is above ${approvedAbove} euros.`,
      when: ({ lines = [] }) => totalOf(lines) > approvedAbove,
      collects: z.object({
        approver: z
          .string()
          .trim()
          .min(2)
          .max(100)
          .describe('the name of the person who approves it')
          .meta({ title: 'Approver' }),
        approvedOn: z.iso
          .date()
          .describe('the day of the approval')
          .meta({ title: 'Approved on' })
          .optional(),
      }),
    },
    { id: 'confirm', title: 'Confirm', description: 'You confirm, and the report goes to accounting.' },
  ],
});
