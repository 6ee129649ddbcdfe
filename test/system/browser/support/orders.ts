import { defineWorkflow, z } from '../../../../workflows/definition/index.ts';

/** A workflow whose agent shows a card. */
export const orders = defineWorkflow({
  id: 'orders',
  version: 1,
  title: 'Order a desk',
  cards: { allowedActions: ['order'], allowedHosts: ['shop.example'] },
  steps: [
    {
      id: 'desk',
      title: 'Desk',
      collects: z.object({
        width: z.int().meta({ title: 'Width' }),
        colour: z.string().meta({ title: 'Colour' }),
        deliverOn: z.iso.date().meta({ title: 'Deliver on' }),
      }),
    },
    { id: 'confirm', title: 'Confirm' },
  ],
});

export const deskCard = {
  type: 'AdaptiveCard',
  version: '1.5',
  body: [
    { type: 'TextBlock', text: 'Your **desk**', size: 'Large' },
    {
      type: 'TextBlock',
      text: 'It is made for you, and delivered to your room.',
      wrap: true,
      isSubtle: true,
    },
    {
      type: 'Input.Number',
      id: 'width',
      label: 'Width in cm',
      min: 80,
      max: 200,
      isRequired: true,
      errorMessage: 'From 80 to 200.',
    },
    {
      type: 'Input.ChoiceSet',
      id: 'colour',
      label: 'Colour',
      style: 'expanded',
      choices: [
        { title: 'Oak', value: 'oak' },
        { title: 'White', value: 'white' },
      ],
    },
    { type: 'Input.Date', id: 'deliverOn', label: 'Deliver on' },
  ],
  actions: [
    { type: 'Action.Execute', verb: 'order', title: 'Order it' },
    { type: 'Action.OpenUrl', title: 'See all desks', url: 'https://shop.example/desks' },
  ],
};
