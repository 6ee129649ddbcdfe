import axe from 'axe-core';
import type { Page } from 'playwright-core';
import { z } from 'zod';

const resultSchema = z.object({
  violations: z.array(
    z.object({
      id: z.string(),
      help: z.string(),
      nodes: z.array(z.object({ target: z.array(z.unknown()), failureSummary: z.string().optional() })),
    }),
  ),
});

/** The rules that axe-core can be asked for. */
const rules = {
  all: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
  colors: { type: 'rule', values: ['color-contrast', 'link-in-text-block'] },
} as const;

const options = {
  resultTypes: ['violations'],
  // The page loads nothing from elsewhere, so axe-core has no files to fetch.
  preload: false,
};

/** Returns axe-core's violations on the page, a line for each element; none means that the page passes. */
export async function axeViolations(page: Page, against: keyof typeof rules): Promise<string[]> {
  if (!(await page.evaluate<boolean>("'axe' in window"))) await page.evaluate(axe.source);
  const result: unknown = await page.evaluate(
    `axe.run(document, ${JSON.stringify({ ...options, runOnly: rules[against] })})`,
  );
  return resultSchema
    .parse(result)
    .violations.flatMap(({ id, help, nodes }) =>
      nodes.map(
        ({ target, failureSummary = '' }) => `${id} (${help}): ${target.join(' ')}: ${failureSummary}`,
      ),
    );
}
