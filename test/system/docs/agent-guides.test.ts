import { readFile } from 'node:fs/promises';
import { ScopeHelper } from '@microsoft/agents-copilotstudio-client';
import { describe, expect, it } from 'vitest';
import { authorityOfCloud } from '../../../server/agents/copilot-studio/access-token/entra-application.ts';
import type { CloudName } from '../../../server/agents/copilot-studio/access-token/entra-application.ts';
import { connectionSettings } from '../../../server/agents/copilot-studio/endpoint.ts';
import { describeEnvironment } from '../../../server/settings/read-environment.ts';

const guideOf = (name: string) => readFile(new URL(`../../../docs/${name}.md`, import.meta.url), 'utf8');
const copilotStudio = await guideOf('copilot-studio');

describe('the guides to connecting agents', () => {
  it.each([
    ['copilot-studio', /^COPILOT_/, /COPILOT_[A-Z_]+/g],
    ['models', /^OPENAI_/, /OPENAI_[A-Z_]+/g],
  ] as const)('%s names every setting of its agent, and no other', async (name, own, any) => {
    const settings = describeEnvironment()
      .map((variable) => variable.name)
      .filter((variable) => own.test(variable));
    const named = new Set((await guideOf(name)).match(any));
    // The guide names it as a variable without effect.
    named.delete('OPENAI_ORG_ID');
    expect([...named].sort()).toEqual(settings.sort());
  });

  it("name each cloud's token audience and authority", () => {
    const rows = [...copilotStudio.matchAll(/^\| (`\w+`[^|]*) \| `([\w.]+)` \| `([\w.]+)` \|$/gm)];
    expect(rows.length).toBe(5);
    for (const [, names = '', audience, authority] of rows) {
      for (const [, name = ''] of names.matchAll(/`(\w+)`/g)) {
        const cloud = Object.keys(authorityOfCloud).find((one): one is CloudName => one === name);
        if (cloud === undefined) throw new Error(`there is no cloud ${name}`);
        const connection = connectionSettings({ kind: 'direct', url: 'http://127.0.0.1:1/agent' }, cloud);
        expect(ScopeHelper.getScopeFromSettings(connection)).toBe(`https://${audience}/.default`);
        expect(authorityOfCloud[cloud]).toBe(`https://${authority}`);
      }
    }
  });
});
