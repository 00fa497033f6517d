// The browser: how it is started, and the three ways in which a story is played.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { chromium } from "playwright-core";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** Starts a browser, which may be named as it is in a shell. */
export const launch = (program, ...more) => chromium.launch({
  executablePath: program.includes("/") ? program : execFileSync("which", [program], { encoding: "utf8" }).trim(),
  args: [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    ...more,
  ],
});

/** What axe finds on a page, as lines. The policy of the page keeps it from running elsewhere. */
export async function violations(page) {
  await page.evaluate(axe);
  const found = await page.evaluate(() => window.axe.run({ preload: false, resultTypes: ["violations"] }));
  return found.violations.map((it) => `${it.id}: ${it.nodes.map((node) => node.html).slice(0, 3).join(" | ")}`);
}

/** Somebody who uses the console: with a mouse, with the keyboard alone, or without scripts. */
export class Person {
  constructor(page, mode) {
    this.page = page;
    this.mode = mode;
  }

  async open(url) {
    await this.page.goto(url);
  }

  /** Follows a link or presses a button. */
  async press(locator) {
    // Without scripts, a final action has a box to check.
    const sure = locator.first().locator("xpath=ancestor::form[1]//noscript//input");
    if (await sure.count()) await sure.first().check();
    if (this.mode !== "keyboard") {
      await locator.first().click();
    } else {
      await this.reach(locator.first());
      await this.page.keyboard.press("Enter");
    }
    await this.page.waitForLoadState("load");
  }

  async write(locator, text) {
    if (this.mode !== "keyboard") {
      await locator.first().fill(text);
    } else {
      await this.reach(locator.first());
      await this.page.keyboard.type(text);
    }
  }

  async choose(locator, value) {
    if (this.mode !== "keyboard") {
      await locator.first().selectOption(value);
    } else {
      await this.reach(locator.first());
      await this.page.keyboard.type(value.slice(0, 3));
      const chosen = await locator.first().inputValue();
      if (chosen !== value) throw new Error(`the keyboard chose ${chosen} and not ${value}`);
    }
  }

  /** Moves the focus as the tab key does, to something that must be reachable. */
  async reach(locator) {
    for (let step = 0; step < 400; step += 1) {
      await this.page.keyboard.press("Tab");
      if (await locator.evaluate((it) => it === document.activeElement)) return;
    }
    throw new Error(`the tab key does not reach ${locator}`);
  }

  async sees(text) {
    try {
      await this.page.locator("main", { hasText: text }).waitFor({ timeout: 20_000 });
    } catch {
      const shown = await this.page.locator("main").innerText().catch(() => "no main");
      throw new Error(`${this.page.url()} does not say ${text}: ${shown.slice(0, 600)}`);
    }
  }
}
