import { describe, expect, it } from 'vitest';
import { connectionSettings, endpointOf } from '../../../../server/agents/copilot-studio/endpoint.ts';
import type { CopilotStudioAddress } from '../../../../server/agents/copilot-studio/endpoint.ts';

const endpoint = (address: CopilotStudioAddress, cloud: 'Prod' | 'Gov' = 'Prod') =>
  endpointOf(connectionSettings(address, cloud));
const direct = (url: string) => endpoint({ kind: 'direct', url });
const named = {
  kind: 'named',
  environmentId: 'A47151CF-4F34-488F-B377-EBE84E17B478',
  schemaName: 'cr_agent',
} as const;

describe("an agent's address", () => {
  it('is its direct connect URL, up to its conversations, with its own API version if it names one', () => {
    expect(direct('https://example.com/bots/agent/').startUrl).toBe(
      'https://example.com/bots/agent/conversations?api-version=2022-03-01-preview',
    );
    const own = direct('http://example.com/agent/conversations/some-id?api-version=2030-01-01#there');
    expect(own.startUrl).toBe('http://example.com/agent/conversations?api-version=2030-01-01');
    expect(own.conversationUrl('an-id')).toBe(
      'http://example.com/agent/conversations/an-id?api-version=2030-01-01',
    );
  });

  it('is worked out from environment, schema name, kind and cloud otherwise', () => {
    expect(endpoint({ ...named, agentType: 'Published' }).startUrl).toBe(
      'https://a47151cf4f34488fb377ebe84e17b4.78.environment.api.powerplatform.com' +
        '/copilotstudio/dataverse-backed/authenticated/bots/cr_agent/conversations?api-version=2022-03-01-preview',
    );
    expect(endpoint({ ...named, agentType: 'Prebuilt' }, 'Gov').conversationUrl('an-id')).toBe(
      'https://a47151cf4f34488fb377ebe84e17b47.8.environment.api.gov.powerplatform.microsoft.us' +
        '/copilotstudio/prebuilt/authenticated/bots/cr_agent/conversations/an-id?api-version=2022-03-01-preview',
    );
  });

  it('lets no id reach beyond its place in the URL', () => {
    const { origin, pathname } = new URL(direct('https://example.com/agent').conversationUrl('../?x=1#y/z'));
    expect([origin, pathname]).toEqual(['https://example.com', '/agent/conversations/..%2F%3Fx%3D1%23y%2Fz']);
  });

  it.each([
    'agent',
    'ftp://example.com/agent',
    'file:///etc/agent',
    'javascript:alert(1)',
    'https://user:secret@example.com/agent',
  ])('is refused if it cannot be called, or contains a password: %s', (url) => {
    expect(() => direct(url)).toThrow();
    expect(() => direct(url)).not.toThrow(/secret/);
  });
});
