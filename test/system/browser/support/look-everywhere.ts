import { mkdir } from 'node:fs/promises';
import { expect } from 'vitest';
import { axeViolations } from './axe.ts';
import type { ChatPage } from './chat-page.ts';
import { devices, themes } from './devices.ts';
import type { Device } from './devices.ts';
import { screenshotsDir } from './in-browser.ts';

const allDevices: readonly Device[] = ['desktop', 'phone'];

/**
 * Checks one state of the page in both themes on every device: axe-core finds nothing, nothing is wider than the
 * screen, and nothing moves, because the system asks for reduced motion. Leaves a screenshot of each:
 * `screenshots/<state>-<device>-<theme>.png`.
 */
export async function lookEverywhere(
  { page }: ChatPage,
  state: string,
  on: readonly Device[] = allDevices,
): Promise<void> {
  await mkdir(screenshotsDir, { recursive: true });
  const faults: string[] = [];
  // Move the pointer away, because an element under it looks different.
  await page.mouse.move(0, 0);
  for (const device of on) {
    await page.setViewportSize(devices[device].viewport);
    for (const theme of themes) {
      await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
      await page.screenshot({
        path: `${screenshotsDir}/${state}-${device}-${theme}.png`,
        animations: 'disabled',
      });
      const overflow = await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth');
      const moving = await page.evaluate<number>('document.getAnimations().length');
      const here = [
        ...(moving > 0 ? [`${moving} things move, though motion is to be reduced`] : []),
        // Another theme changes nothing but colors.
        ...(await axeViolations(page, theme === themes[0] ? 'all' : 'colors')),
        ...(overflow > 0 ? [`${overflow} px wider than the screen`] : []),
      ];
      faults.push(...here.map((fault) => `on a ${device}, ${theme}: ${fault}`));
    }
  }
  expect(faults, state).toEqual([]);
}
