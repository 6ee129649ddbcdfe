import { defineWorkflow, z } from './definition/index.ts';

const phonePattern = /^\+?[0-9][0-9 ().\-/]{5,24}$/;

export default defineWorkflow({
  id: 'incident-intake',
  version: 1,
  title: 'Incident intake',
  description: 'What the on-call engineer needs to know first.',
  steps: [
    {
      id: 'what-happened',
      title: 'What happened',
      collects: z.object({
        headline: z
          .string()
          .trim()
          .min(5)
          .max(140)
          .describe('the incident in one line: what is broken, for whom')
          .meta({ title: 'Headline', examples: ['Card payments fail for customers in Spain'] }),
        service: z
          .enum(['checkout', 'payments', 'search', 'accounts', 'internal tools', 'other'])
          .describe('the service that is affected')
          .meta({ title: 'Service' }),
        startedAt: z.iso
          .datetime()
          .describe('when it started, or was first noticed')
          .meta({ title: 'Started at' }),
      }),
    },
    {
      id: 'impact',
      title: 'Impact',
      collects: z.object({
        severity: z
          .enum(['critical', 'high', 'medium', 'low'])
          .describe('the severity of the incident')
          .meta({ title: 'Severity' }),
        usersAffected: z
          .int()
          .min(0)
          .max(100_000_000)
          .describe('how many users are affected, roughly')
          .meta({ title: 'Users affected' }),
        isOngoing: z.boolean().describe('whether it is still going on').meta({ title: 'Still going on' }),
        workaround: z
          .string()
          .trim()
          .min(3)
          .max(1_000)
          .describe('a workaround that people can use until it is fixed')
          .meta({ title: 'Workaround' })
          .optional(),
      }),
      check: ({ fields: { severity, usersAffected } }) =>
        severity === 'critical' && usersAffected === 0
          ? { usersAffected: 'A critical incident affects somebody: roughly how many people?' }
          : {},
    },
    {
      id: 'communication',
      title: 'Communication',
      description: 'Critical and high incidents are announced.',
      when: ({ severity }) => severity === 'critical' || severity === 'high',
      collects: z.object({
        channelLink: z
          .url()
          .describe('the link to the incident channel or call')
          .meta({ title: 'Channel link' }),
        isOnStatusPage: z
          .boolean()
          .describe('whether the status page shows the incident yet')
          .meta({ title: 'On the status page' }),
      }),
      // The status page shows what customers use.
      fieldWhen: { isOnStatusPage: ({ service }) => service !== 'internal tools' },
    },
    {
      id: 'reporter',
      title: 'Reporter',
      collects: z.object({
        reporterName: z
          .string()
          .trim()
          .min(2)
          .max(100)
          .describe('your name')
          .meta({ title: 'Reporter name' }),
        callbackNumber: z
          .string()
          .regex(phonePattern, 'Please give a phone number in digits, with its country code.')
          .describe('the phone number on which the on-call engineer can reach you')
          .meta({ title: 'Callback number', examples: ['+44 20 7946 0123'] }),
      }),
    },
    {
      id: 'confirm',
      title: 'Confirm',
      description: 'The reporter confirms, and the report goes to on-call.',
    },
  ],
});
