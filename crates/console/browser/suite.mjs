// The console in a real browser: `cargo xtask console` runs it. Arguments: the sandbox's URL, the browser,
// a folder for pictures, and `short` for less of it.
import { Bank } from "./bank.mjs";
import { Person, launch, violations } from "./browser.mjs";
import { othersAreRefused, reboundNamesAreRefused } from "./others.mjs";
import { stories } from "./stories.mjs";

const [url, chromium, pictures, extent] = process.argv.slice(2);
const isShort = extent === "short";
const failures = [];
const check = (is, what) => { if (!is) failures.push(what); };
const browser = await launch(chromium);
const bank = new Bank(url);

/** A page whose scripts, policy and dialogs are watched. */
async function watched(options, label) {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  page.on("dialog", async (dialog) => {
    check(dialog.type() === "confirm", `${label}: a dialog: ${dialog.message()}`);
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

const payloads = [
  "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "javascript:alert(1)",
  "' onfocus=alert(1) autofocus='", "\u202Egnirts\u202C", "{{7*7}}", "</textarea></title><svg onload=alert(1)>",
];

// What customers call themselves is data everywhere.
await step("names with scripts in them", async () => {
  const ids = [];
  for (const payload of payloads) {
    const { status, body } = await bank.call("POST", "/v2/persons", {
      first_name: payload, last_name: payload, status: "PROSPECT", is_customer: true,
      chosen_name: payload, metadata: { note: payload },
    });
    if (status === 201) {
      ids.push(body.id);
      await bank.call("POST", "/v2/notes", {
        related_resource_id: body.id, related_resource_type: "CUSTOMER", content: payload, type: "NOTE",
      });
    }
  }
  check(ids.length > 0, "no payload was accepted");
  const holder = await bank.person("Ada", "Lovelace");
  await bank.account(holder, payloads[0], 25_00);
  const page = await watched({}, "names");
  let reports = 0;
  await page.exposeFunction("__report", () => { reports += 1; });
  await page.addInitScript(() => {
    document.addEventListener("securitypolicyviolation", () => window.__report());
  });
  for (const path of ["persons", "accounts", "overview", "cases", "search?q=Lovelace", ...ids.map((id) => `persons/${id}`)]) {
    await page.goto(`${url}/console/1_1/${path}`);
    check(await page.locator("main script, main img").count() === 0, `${path} has an element of a name`);
  }
  check(reports === 0, `${reports} reports of the policy`);
  await page.context().close();
});

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
