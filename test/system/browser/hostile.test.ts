import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { ScriptedAgent } from '../../../server/testing/index.ts';
import type { ScriptedAnswer } from '../../../server/testing/index.ts';
import { defineWorkflow, z } from '../../../workflows/definition/index.ts';
import type { ChatPage } from './support/chat-page.ts';
import { startChatServer } from './support/chat-server.ts';
import { eventually } from './support/eventually.ts';
import { inBrowser } from './support/in-browser.ts';
import { showing } from './support/showing.ts';

const elsewhere = 'https://images.example';

/** Ways in which a text becomes a script on a careless page; each reports its own name. */
const attacks = [
  `<script>pwned('script')</script>`,
  `<img src="x" onerror="pwned('image')">`,
  `<svg onload="pwned('svg')"></svg>`,
  `<svg><animate onbegin="pwned('animate')" attributeName="x"></svg>`,
  `<iframe srcdoc="<script>parent.pwned('srcdoc')</script>"></iframe>`,
  `<iframe src="javascript:parent.pwned('frame')"></iframe>`,
  `<details open ontoggle="pwned('toggle')">more</details>`,
  `<input autofocus onfocus="pwned('focus')">`,
  `<a href="javascript:pwned('anchor')">an anchor</a>`,
  `<form action="javascript:pwned('form')"><button>a form</button></form>`,
  `<math><mtext></table></math><img src=x onerror=pwned('mathml')>`,
  `<noscript><p title="</noscript><img src=x onerror=pwned('noscript')>"></noscript>`,
  `<base href="https://evil.example/">`,
  `<meta http-equiv="refresh" content="0;url=https://evil.example/">`,
  `<link rel="stylesheet" href="https://evil.example/x.css">`,
  `<style>body{display:none}</style>`,
  `"><img src=x onerror=pwned('attribute')>`,
  `[a link](javascript:pwned('link'))`,
  `[spelt](JaVaScRiPt:pwned('spelt'))`,
  `[entity](java&#115;cript:pwned('entity'))`,
  `[tab](java&Tab;script:pwned('tab'))`,
  `[vb](vbscript:pwned('vb'))`,
  `[data](data:text/html,<script>pwned('data')</script>)`,
  `[blob](blob:https://evil.example/1)`,
  `[file](file:///etc/passwd)`,
  `[relative](//evil.example/path)`,
  `<javascript:pwned('autolink')>`,
  `![image](javascript:pwned('markdown-image'))`,
  `![svg](data:image/svg+xml,<svg onload="pwned('data-svg')"/>)`,
  `[reference][evil]\n\n[evil]: javascript:pwned('reference)`,
  `{{constructor.constructor('pwned("template")')()}}`,
];
const everything = attacks.join('\n\n');
const onError = `<img src=x onerror="pwned('field')">`;

const hostile = defineWorkflow({
  id: 'hostile',
  version: 1,
  title: `Hostile ${onError}`,
  cards: { allowedActions: ['send'], allowedHosts: ['*.example'] },
  steps: [
    {
      id: 'words',
      title: `Step ${onError}`,
      description: onError,
      collects: z.object({
        words: z.string().meta({ title: `Words ${onError}` }),
        more: z.string().max(5).describe(onError),
      }),
    },
    { id: 'confirm', title: 'Confirm' },
  ],
});

const start = (chat: ChatPage) => chat.start(`Hostile ${onError}`);

const hostileServer = (...answers: readonly ScriptedAnswer[]) =>
  startChatServer({ agent: new ScriptedAgent(answers), definitions: [hostile] });

/** Presses every control that such texts could have made, as a person might. */
async function pressEverything(chat: ChatPage): Promise<void> {
  const links = await chat.messages.getByRole('link').all();
  for (const link of links) {
    expect(await link.getAttribute('href')).toMatch(/^(https?:\/\/|mailto:|tel:)/);
    expect(await link.getAttribute('target')).toBe('_blank');
    expect(await link.getAttribute('rel')).toContain('noopener');
  }
  const made =
    'script, iframe, svg animate, object, embed, form form, base, [onerror], [onload], [onfocus], [ontoggle]';
  expect(await chat.page.getByRole('main').locator(made).count()).toBe(0);
  expect(await chat.page.locator('meta[http-equiv="refresh"], base, link[href*="evil"]').count()).toBe(0);
  expect(await chat.page.locator('[href^="javascript:" i], [src^="javascript:" i]').count()).toBe(0);
}

describe("an agent's words", () => {
  it(
    'never becomes a script, a frame or a link that runs one, in its messages, live text, citations or suggestions',
    inBrowser(async ({ open, keep }) => {
      const server = keep(
        await hostileServer(
          [
            { type: 'message', text: everything },
            { type: 'message', text: everything, textFormat: 'plain' },
            { type: 'message', text: everything, textFormat: 'xml' },
            {
              type: 'message',
              text: 'Choose',
              suggestedActions: {
                actions: [
                  { type: 'imBack', title: onError, value: onError },
                  { type: 'openUrl', title: 'open', value: "javascript:pwned('suggested')" },
                ],
              },
            },
          ],
          [
            { type: 'typing', text: onError },
            {
              type: 'typing',
              text: everything,
              entities: [{ type: 'streaminfo', streamId: 's', streamType: 'streaming', streamSequence: 1 }],
            },
            {
              type: 'message',
              text: 'Streamed.',
              value: {
                prompt: everything,
                citations: ["javascript:pwned('citation')", 'data:text/html,x', 'https://ok.example/'],
                data: { words: everything, more: `too long ${onError}` },
              },
            },
          ],
        ),
      );
      const chat = await open(server.url);
      await start(chat);
      await chat.message("<script>pwned('script')</script>").first().waitFor();
      await pressEverything(chat);
      await chat.page
        .getByRole('group', { name: 'Suggested answers' })
        .getByRole('button', { name: onError })
        .click();
      await chat.message('Streamed.').waitFor();
      await chat.region('What changed').getByText('Not accepted').first().waitFor();
      await pressEverything(chat);
      await chat.page.reload();
      await chat.message('Streamed.').waitFor();
      await pressEverything(chat);
    }),
  );

  it(
    'never becomes one on a card: its texts, labels, choices, images, addresses and ids',
    inBrowser(async ({ open, keep }) => {
      const card = {
        type: 'AdaptiveCard',
        version: '1.6',
        fallbackText: onError,
        speak: onError,
        backgroundImage: "javascript:pwned('background')",
        selectAction: { type: 'Action.OpenUrl', url: "javascript:pwned('select')" },
        body: [
          { type: 'TextBlock', text: everything, wrap: true },
          {
            type: 'RichTextBlock',
            inlines: [
              {
                type: 'TextRun',
                text: onError,
                selectAction: { type: 'Action.OpenUrl', url: "javascript:pwned('run')" },
              },
            ],
          },
          { type: 'FactSet', facts: [{ title: onError, value: everything }] },
          { type: 'Image', url: "javascript:pwned('card-image')", altText: onError },
          { type: 'Image', url: `${elsewhere}/a.png`, altText: `"><img src=x onerror=pwned('alt')>` },
          {
            type: 'Media',
            sources: [{ mimeType: 'text/html', url: 'data:text/html,x' }],
            poster: "javascript:pwned('poster')",
          },
          {
            type: 'Input.Text',
            id: `x" onfocus="pwned('id')" autofocus="`,
            label: everything,
            placeholder: onError,
            value: onError,
            errorMessage: onError,
            isRequired: true,
          },
          {
            type: 'Input.ChoiceSet',
            id: '__proto__',
            label: onError,
            choices: [{ title: onError, value: onError }],
          },
          { type: 'Input.Toggle', id: 'constructor', title: onError },
          {
            type: 'ActionSet',
            actions: [{ type: 'Action.OpenUrl', title: 'elsewhere', url: 'https://evil.invalid/' }],
          },
        ],
        actions: [
          { type: 'Action.OpenUrl', title: onError, url: "javascript:pwned('open')" },
          { type: 'Action.OpenUrl', title: 'data', url: 'data:text/html,x' },
          {
            type: 'Action.Execute',
            verb: 'send',
            title: onError,
            iconUrl: "javascript:pwned('icon')",
            tooltip: onError,
          },
          {
            type: 'Action.ShowCard',
            title: 'more',
            card: { type: 'AdaptiveCard', body: [{ type: 'TextBlock', text: everything }] },
          },
        ],
      };
      const server = keep(await hostileServer(showing(card), { text: 'Got it.' }));
      const chat = await open(server.url, { imagesFrom: elsewhere });
      await start(chat);
      const drawn = chat.page.getByRole('group', { name: 'Card from the agent' });
      await drawn.getByText("<script>pwned('script')</script>").first().waitFor();
      await pressEverything(chat);
      await drawn.getByRole('button', { name: 'more' }).click();
      await drawn.getByRole('button', { name: onError }).click();
      await pressEverything(chat);
    }),
  );

  it(
    'loads no picture from a host that is not allowed: the page names the host, and a click opens the picture',
    inBrowser(async ({ open, keep }) => {
      let requests = 0;
      const stranger = createServer((request, response) => {
        if (request.url?.startsWith('/p.png') === true) requests += 1;
        response.writeHead(200, { 'content-type': 'text/html' }).end('<title>picture</title>');
      });
      await new Promise<void>((resolve) => stranger.listen(0, '127.0.0.1', resolve));
      keep({ [Symbol.asyncDispose]: () => new Promise<void>((resolve) => stranger.close(() => resolve())) });
      const host = `127.0.0.1:${(stranger.address() as AddressInfo).port}`;
      const address = `http://${host}/p.png?collected=secret`;
      const card = {
        type: 'AdaptiveCard',
        version: '1.5',
        backgroundImage: address,
        body: [
          { type: 'TextBlock', text: 'A card' },
          { type: 'Image', url: address, altText: 'Chart [x](y)' },
          { type: 'ImageSet', images: [{ type: 'Image', url: address }] },
          { type: 'Container', backgroundImage: { url: address }, items: [] },
        ],
        actions: [{ type: 'Action.Submit', id: 'send', title: 'Send', iconUrl: address }],
      };
      const attachments = [
        { contentType: 'image/png', contentUrl: address, name: 'plan.png' },
        { contentType: 'application/vnd.microsoft.card.adaptive', content: card },
      ];
      const text = `![a chart](${address}) ![](${elsewhere}/a.png) ![][r]\n\n[r]: ${address}`;
      const server = keep(await hostileServer([{ type: 'message', text, attachments }]));
      const chat = await open(server.url);
      await start(chat);
      await chat.messages.getByText('A card').waitFor();
      const links = chat.messages.getByRole('link', { name: /^Show picture .*from / });
      await eventually(() => links.count()).toBe(6);
      expect(await chat.messages.getByRole('img').count()).toBe(0);
      expect(requests).toBe(0);
      const opened = chat.page.context().waitForEvent('page');
      await chat.messages.getByRole('link', { name: `Show picture “a chart” from ${host}` }).click();
      expect(await (await opened).evaluate('window.opener')).toBeNull();
      await eventually(() => requests).toBe(1);
    }),
  );

  it(
    "loads a picture from an allowed host, without sending it this page's address",
    inBrowser(async ({ open, keep }) => {
      const text = `![ok](${elsewhere}/a.png) ![plain](http://images.example/b.png) ![own](/trpc/workflow.list)`;
      const server = keep(
        await startChatServer({
          agent: new ScriptedAgent([{ text }]),
          definitions: [hostile],
          env: { IMAGE_HOSTS: 'images.example' },
        }),
      );
      const chat = await open(server.url, { imagesFrom: elsewhere });
      const loaded = chat.page.waitForRequest(`${elsewhere}/a.png`);
      await start(chat);
      expect((await (await loaded).allHeaders())['referer']).toBeUndefined();
      expect(await chat.messages.getByRole('img').count()).toBe(1);
    }),
  );
});

describe("a user's words", () => {
  it(
    'is shown as they wrote it, here, in another tab and where it was collected',
    inBrowser(async ({ open, keep }) => {
      const server = keep(
        await hostileServer(
          { text: 'Go on.' },
          { text: 'Noted.', data: { words: everything } },
          { text: 'Done.', data: { more: '<b>' } },
          { action: 'complete', text: 'Bye.' },
        ),
      );
      const chat = await open(server.url);
      await start(chat);
      const other = await open(server.url, { besides: chat, hash: new URL(chat.page.url()).hash });
      await chat.say(everything);
      for (const tab of [chat, other]) {
        await tab.message('Noted.').waitFor();
        await tab.message("You: <script>pwned('script')</script>").waitFor();
        await pressEverything(tab);
      }
      await chat.say('<b>');
      await chat.message('Done.').waitFor();
      await chat.say('complete it');
      await chat.summary.waitFor();
      await pressEverything(chat);
      await other.summary.waitFor();
    }),
  );

  it(
    "in the page's address only name a missing page",
    inBrowser(async ({ open, keep }) => {
      const server = keep(await hostileServer());
      const chat = await open(server.url, { failedRequests: true });
      for (const hash of [
        `#/c/${encodeURIComponent(onError)}`,
        `#/c/${onError}`,
        `#/new/${encodeURIComponent(onError)}/x`,
        `#/new/hostile/${encodeURIComponent('../../trpc')}`,
        '#/c/%E0%A4%A',
        "#javascript:pwned('hash')",
        '#/nowhere/at/all',
      ]) {
        await chat.page.goto(`${server.url}/${hash}`);
        await chat.page.reload();
        await chat.page.getByRole('main').getByRole('heading').first().waitFor();
        await pressEverything(chat);
      }
    }),
  );
});
