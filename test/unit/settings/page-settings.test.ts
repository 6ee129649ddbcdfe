import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { faults, settings } from './read-environment.ts';

describe('the sites that may embed the chat page', () => {
  it('are origins', () => {
    const origins = 'https://www.example.com,capacitor://localhost';
    expect(settings({ EMBED_ORIGINS: origins }).embedOrigins).toEqual(origins.split(','));
  });

  it.each([
    '*',
    'https://www.example.com/',
    "https://www.example.com; script-src 'unsafe-inline'",
    'http://[::1]:8080',
    // URLs take these; in the page's policy they would begin the next directive, or none.
    'https://www.example.com;',
    'https://www.example.com;script-src',
    "https://'self'",
  ])('are refused when they are %s', (value) => {
    expect(faults({ EMBED_ORIGINS: value })).toEqual([expect.stringMatching(/^EMBED_ORIGINS must /)]);
  });
});

describe('the assistant', () => {
  it.each(['a'.repeat(61), 'two\nlines'])('has no name like %j', (name) => {
    expect(faults({ ASSISTANT_NAME: name })).toEqual([
      expect.stringContaining('ASSISTANT_NAME must be a name of at most 60 characters') as string,
    ]);
  });

  it('has an icon that is a picture, can be read, and is not large', async () => {
    await using folder = await temporaryFolder();
    const at = (name: string): string => join(folder.path, name);
    await writeFile(at('icon.svg'), '<svg/>');
    await writeFile(at('icon.exe'), 'MZ');
    await writeFile(at('large.png'), Buffer.alloc(100_001));
    expect(settings({ ASSISTANT_ICON_FILE: at('icon.svg') }).assistantIcon).toEqual({
      mediaType: 'image/svg+xml',
      bytes: Buffer.from('<svg/>'),
    });
    for (const [name, fault] of [
      ['icon.exe', 'must name a picture whose name ends with .svg, .png, .webp, .jpg'],
      ['none.png', 'must name a file that can be read (ENOENT)'],
      ['large.png', 'must name a picture of at most 100000 bytes; this one has 100001'],
    ] as const)
      expect(faults({ ASSISTANT_ICON_FILE: at(name) }).join()).toContain(`ASSISTANT_ICON_FILE ${fault}`);
  });
});
