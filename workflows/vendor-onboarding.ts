import { defineWorkflow, z } from './definition/index.ts';

const phonePattern = /^\+?[0-9][0-9 ().\-/]{5,24}$/;

export default defineWorkflow({
  id: 'vendor-onboarding',
  version: 1,
  title: 'Vendor onboarding',
  description: 'Procurement, legal and finance learn what they need to add a new supplier.',
  whatHappensNext:
    'Procurement checks the data and adds the supplier. The contact hears from us as soon as orders can be placed.',
  steps: [
    {
      id: 'company',
      title: 'Company',
      collects: z.object({
        legalName: z
          .string()
          .trim()
          .min(2)
          .max(120)
          .describe("the company's legal name, as it appears in the commercial register")
          .meta({ title: 'Legal name' }),
        legalForm: z
          .enum(['limited company', 'partnership', 'sole trader', 'non-profit', 'public body'])
          .describe('the legal form of the company')
          .meta({ title: 'Legal form' }),
        website: z.url().describe("the company's website").meta({ title: 'Website' }).optional(),
      }),
    },
    {
      id: 'contact',
      title: 'Contact',
      collects: z.object({
        contactName: z
          .string()
          .trim()
          .min(2)
          .max(100)
          .describe('the name of your contact person at the company')
          .meta({ title: 'Contact name' }),
        contactEmail: z
          .email()
          .describe("the contact person's email address")
          .meta({ title: 'Contact email' }),
        contactPhone: z
          .string()
          .regex(phonePattern, 'Please give a phone number in digits, with its country code.')
          .describe("the contact person's phone number")
          .meta({ title: 'Contact phone', examples: ['+44 20 7946 0123'] })
          .optional(),
      }),
    },
    {
      id: 'terms',
      title: 'Commercial terms',
      collects: z.object({
        startDate: z.iso.date().describe('the date when the contract starts').meta({ title: 'Start date' }),
        yearlySpend: z
          .number()
          .min(0)
          .max(50_000_000)
          .describe('the expected spend per year, in euros')
          .meta({ title: 'Yearly spend (EUR)' }),
        paymentTermDays: z
          .int()
          .min(0)
          .max(120)
          .describe('the payment term, in days after the invoice')
          .meta({ title: 'Payment term (days)' }),
        handlesPersonalData: z
          .boolean()
          .describe('whether the company will handle personal data for us')
          .meta({ title: 'Handles personal data' }),
      }),
    },
    {
      id: 'data-protection',
      title: 'Data protection',
      description: 'Because the company will handle personal data.',
      when: ({ handlesPersonalData }) => handlesPersonalData === true,
      collects: z.object({
        dataRegion: z
          .enum(['EU or EEA', 'United Kingdom', 'United States', 'elsewhere'])
          .describe('the region where the personal data will be stored')
          .meta({ title: 'Data region' }),
        hasProcessingAgreement: z
          .boolean()
          .describe('whether a data processing agreement has been signed')
          .meta({ title: 'Processing agreement signed' }),
      }),
    },
    { id: 'review', title: 'Review', description: 'The requester confirms that everything is right.' },
  ],
});
