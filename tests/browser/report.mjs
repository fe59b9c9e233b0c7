// The report's page in Debian's Chromium, by `node report.mjs PAGE`: on a phone and on a desktop, light and dark, with all of its folds
// opened, nothing is wider than the page, no figure is clipped, and axe-core finds nothing. XP_CHROMIUM names another Chromium.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { after, before, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';
import { clipped, overflowing, sample, unnamed } from './layout.mjs';

const file = process.argv[2];
assert.ok(file, 'usage: node report.mjs PAGE');
const address = pathToFileURL(resolve(file)).href;
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

let browser;
before(async () => {
  // No limit of time: a busy machine is no failure.
  browser = await chromium.launch({ executablePath: process.env.XP_CHROMIUM ?? '/usr/bin/chromium', timeout: 0 });
});
after(() => browser?.close());

/** The page at a width and in a colour scheme, opened, and the addresses that it asked for. */
async function open(width, colorScheme) {
  const context = await browser.newContext({ viewport: { width, height: 844 }, colorScheme });
  context.setDefaultTimeout(0);
  const page = await context.newPage();
  const asked = [];
  page.on('request', (request) => asked.push(request.url()));
  await page.goto(address);
  return { page, asked, close: () => context.close() };
}

const unfold = (page) => page.evaluate(() => document.querySelectorAll('details').forEach((fold) => (fold.open = true)));

for (const width of [390, 1280]) {
  for (const scheme of ['light', 'dark']) {
    test(`${width} px, ${scheme}`, async (t) => {
      const { page, asked, close } = await open(width, scheme);
      try {
        assert.deepEqual(await page.evaluate(overflowing), [], 'folded');
        await unfold(page);
        const figures = await page.locator('figure svg[role=img]').count();
        assert.ok(figures > 0, 'the page has figures');
        t.diagnostic(`${figures} figures`);
        assert.deepEqual(await page.evaluate(overflowing), []);
        assert.deepEqual(await page.evaluate(clipped), []);
        assert.deepEqual(await page.evaluate(unnamed), []);
        // axe-core takes minutes for thousands of elements.
        await page.evaluate(sample);
        await page.evaluate(axe);
        const { violations } = await page.evaluate(() => axe.run({ resultTypes: ['violations'] }));
        const said = violations.flatMap(({ id, help, nodes }) =>
          nodes.slice(0, 3).map((node) => `${id}: ${help}: ${node.html.slice(0, 120)}: ${node.failureSummary}`),
        );
        assert.deepEqual(said, []);
        assert.deepEqual(asked, [address], 'nothing is loaded from elsewhere');
      } finally {
        await close();
      }
    });
  }
}

test('the keyboard meets the link to the results first, then the contents, and opens folds', async () => {
  const { page, close } = await open(390, 'light');
  try {
    await page.keyboard.press('Tab');
    assert.equal(await page.evaluate(() => document.activeElement.className), 'skip');
    await page.keyboard.press('Tab');
    assert.ok(await page.evaluate(() => document.activeElement.closest('nav') !== null));
    const fold = page.locator('details').first();
    await fold.locator('summary').focus();
    await page.keyboard.press('Enter');
    assert.equal(await fold.evaluate((details) => details.open), true);
  } finally {
    await close();
  }
});

test('paper shows what is folded', async () => {
  const { page, close } = await open(1280, 'dark');
  try {
    await page.emulateMedia({ media: 'print' });
    const hidden = await page.evaluate(() =>
      [...document.querySelectorAll('details > :not(summary)')].filter((part) => part.closest('nav') === null && part.getBoundingClientRect().height === 0).map((part) => part.outerHTML.slice(0, 80)),
    );
    assert.deepEqual(hidden, []);
    assert.ok((await page.locator('details:not([open])').count()) > 0, 'the page has folds');
  } finally {
    await close();
  }
});
