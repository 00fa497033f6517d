// The console in a real browser: `cargo xtask console` runs it. Arguments: the sandbox's URL, the browser,
// a folder for pictures, `short` for less of it or `whole`, and the sandbox's program, for sandboxes of its own.
import { Person, launch, violations } from "./browser.mjs";
import { othersAreRefused, reboundNamesAreRefused } from "./others.mjs";
import { payloadsAreText } from "./payloads.mjs";
import { withSandbox } from "./sandbox.mjs";
import { stories } from "./stories.mjs";

const [url, chromium, pictures, extent, program] = process.argv.slice(2);
const isShort = extent === "short";
const failures = [];
const check = (is, what) => { if (!is) failures.push(what); };
const browser = await launch(chromium);

/** A page whose scripts, policy and dialogs are watched. */
async function watched(options, label, isDialogRight = true) {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  page.on("dialog", async (dialog) => {
    check(isDialogRight && dialog.type() === "confirm", `${label}: a dialog: ${dialog.message()}`);
    await dialog.accept();
  });
  page.on("console", (message) => {
    check(message.type() !== "error" || /status of 4|status of 5/.test(message.text()), `${label}: ${message.text()}`);
  });
  page.on("pageerror", (error) => failures.push(`${label}: ${error}`));
  return page;
}

/** The pages of the navigation, and one of each kind that there is. */
async function paths() {
  const page = await watched({}, "paths");
  await page.goto(`${url}/console`);
  const all = await page.locator("nav a").evaluateAll((links) => links.map((it) => it.pathname));
  for (const list of [...all]) {
    await page.goto(url + list);
    const first = page.locator("main tbody th a").first();
    if (await first.count()) all.push(await first.evaluate((it) => it.pathname));
  }
  await page.context().close();
  return [...new Set(all)];
}

async function step(name, work) {
  const started = Date.now();
  const before = failures.length;
  try {
    await work();
  } catch (error) {
    failures.push(`${name}: ${error.stack ?? error}`);
  }
  const found = failures.length - before;
  console.log(`${name}: ${found ? `${found} failures` : "ok"} (${((Date.now() - started) / 1000).toFixed(1)} s)`);
}

await step("payloads", () => withSandbox(program, [], async (own) => {
  const page = await watched({ viewport: { width: 1280, height: 900 } }, "payloads", false);
  await payloadsAreText(own, page, isShort, check);
  await page.context().close();
}));

for (const mode of isShort ? ["mouse"] : ["mouse", "keyboard", "no scripts"]) {
  for (const [name, story] of Object.entries(stories)) {
    await step(`${name}, ${mode}`, async () => {
      const options = { javaScriptEnabled: mode !== "no scripts", viewport: { width: 1280, height: 900 } };
      const page = await watched(options, name);
      await story(new Person(page, mode), url, async (label) => {
        if (mode !== "mouse") return;
        await page.screenshot({ path: `${pictures}/${label}_light.png` });
        await page.emulateMedia({ colorScheme: "dark" });
        await page.screenshot({ path: `${pictures}/${label}_dark.png` });
        await page.emulateMedia({ colorScheme: "light" });
      });
      await page.context().close();
    });
  }
}

await step("accessibility", async () => {
  const all = await paths();
  const forms = isShort
    ? [{ colorScheme: "light", viewport: { width: 1280, height: 900 } }]
    : [
        { colorScheme: "light", viewport: { width: 1280, height: 900 } },
        { colorScheme: "dark", viewport: { width: 1280, height: 900 } },
        { colorScheme: "light", viewport: { width: 390, height: 800 } },
      ];
  let pages = 0;
  for (const form of forms) {
    // What axe adds to a page is not the page's.
    const page = await watched({ ...form, bypassCSP: true }, "accessibility");
    for (const path of all) {
      await page.goto(url + path);
      pages += 1;
      for (const found of await violations(page)) failures.push(`${path} ${form.colorScheme} ${form.viewport.width}: ${found}`);
      const width = await page.evaluate(() => document.documentElement.scrollWidth);
      check(width <= form.viewport.width, `${path} is ${width} wide on ${form.viewport.width}`);
    }
    if (form.colorScheme) {
      await page.goto(`${url}/console/1_1/overview`);
      await page.screenshot({ path: `${pictures}/overview_${form.colorScheme}_${form.viewport.width}.png` });
    }
    await page.context().close();
  }
  console.log(`${pages} pages`);
});

await step("pages of others", async () => {
  const context = await browser.newContext();
  await othersAreRefused(url, context, isShort, check);
  await context.close();
});

await step("rebound names", () => reboundNamesAreRefused(url, chromium, check));

await browser.close();
for (const failure of failures) console.error(failure);
console.log(failures.length === 0 ? "console: ok" : `console: ${failures.length} failures`);
process.exit(failures.length === 0 ? 0 : 1);
