// The console in a real browser: `cargo xtask console` runs it. Arguments: the sandbox's URL, the browser,
// a folder for pictures, `short` for less of it or `whole`, and the sandbox's program, for sandboxes of its own.
import { Bank } from "./bank.mjs";
import { Person, launch, violations } from "./browser.mjs";
import { othersAreRefused, reboundNamesAreRefused } from "./others.mjs";
import { payloadsAreText } from "./payloads.mjs";
import { withSandbox } from "./sandbox.mjs";
import { printedLink, choose, signing, signingPages } from "./signing.mjs";
import { stories } from "./stories.mjs";
import { World, lists } from "./world.mjs";

const [url, chromium, pictures, extent, program] = process.argv.slice(2);
const isShort = extent === "short";
const failures = [];
const check = (is, what) => { if (!is) failures.push(what); };
const browser = await launch(chromium);

const modes = isShort ? ["mouse"] : ["mouse", "keyboard", "no scripts"];
const wide = { width: 1280, height: 900 };
const forms = isShort
  ? [{ colorScheme: "light", viewport: wide }]
  : [
      { colorScheme: "light", viewport: wide },
      { colorScheme: "dark", viewport: wide },
      { colorScheme: "light", viewport: { width: 390, height: 800 } },
    ];

/** A page whose scripts, policy and dialogs are watched. */
async function watched(options, label, isDialogRight = true) {
  const context = await browser.newContext({ viewport: wide, ...options });
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

/** Somebody who uses the console in their own browser. */
const somebody = async (mode, label) => new Person(await watched({ javaScriptEnabled: mode !== "no scripts" }, label), mode);

/** Takes pictures of a page, once for all modes. */
const shots = (page, mode) => async (label) => {
  if (mode !== "mouse") return;
  await page.screenshot({ path: `${pictures}/${label}_light.png` });
  await page.emulateMedia({ colorScheme: "dark" });
  await page.screenshot({ path: `${pictures}/${label}_dark.png` });
  await page.emulateMedia({ colorScheme: "light" });
};

/** What a page is made of: kinds of elements, and each control. */
const parts = (page) => page.locator("main *").evaluateAll((all) => all.map((it) => {
  const control = it.matches("input, select, textarea") ? it.id : "";
  return [it.localName, control, it.getAttribute("class"), it.dataset.tone].join(" ");
}));

/** Judges a page as it is shown at the moment. */
async function judge(page, label) {
  for (const found of await violations(page)) failures.push(`${label}: ${found}`);
  const { width } = page.viewportSize();
  const actual = await page.evaluate(() => document.documentElement.scrollWidth);
  check(actual <= width, `${label} is ${actual} wide on ${width}`);
}

async function step(name, work) {
  const started = Date.now();
  try {
    await work();
  } catch (error) {
    failures.push(`${name}: ${error.stack ?? error}`);
  }
  console.log(`${name}: ${((Date.now() - started) / 1000).toFixed(1)} s`);
}

const payloads = () => step("payloads", () => withSandbox(program, [], async (own) => {
  const page = await watched({}, "payloads", false);
  await payloadsAreText(own, page, isShort, check);
  await page.context().close();
}));

async function played() {
  for (const mode of modes) {
    for (const [name, story] of Object.entries(stories)) {
      await step(`${name}, ${mode}`, async () => {
        const person = await somebody(mode, name);
        await story(person, url, shots(person.page, mode));
        await person.page.context().close();
      });
    }
    await step(`signing in, ${mode}`, () => withSandbox(program, ["--console-sign-in"], async (own, printed) => {
      const [administrator, operator] = [await somebody(mode, "administrator"), await somebody(mode, "operator")];
      await signing(administrator, operator, own, printed, shots(administrator.page, mode));
      for (const { page } of [administrator, operator]) await page.context().close();
    }));
  }
}

async function judged() {
  await step("accessibility", () => withSandbox(program, [], async (own) => {
    const world = new World(new Bank(own));
    for (const it of isShort ? lists[0] : lists.flat()) await world.play(it);
    const made = (name) => world.made.get(name);
    // The pages of the navigation, and one of each kind that they lead to.
    const all = new Set(["/console/1_1/overview"]);
    let pages = 0;
    for (const { colorScheme, viewport } of forms) {
      // What axe adds to a page is not the page's.
      const page = await watched({ colorScheme, viewport, bypassCSP: true }, "accessibility");
      const seen = new Set();
      for (const path of all) {
        await page.goto(own + path);
        const isFirst = all.size === 1;
        const next = page.locator(isFirst ? "nav a" : "main tbody tr:first-child th a");
        for (const it of await next.evaluateAll((links) => links.map((link) => link.pathname))) all.add(it);
        // These have something of everything.
        if (isFirst) all.add(`/console/1_1/persons/${made("person").id}`).add(`/console/1_1/accounts/${made("checking").id}`);
        // In short, a page is left out that has nothing but what others have.
        const fresh = (await parts(page)).filter((it) => !seen.has(it));
        if (isShort && fresh.length === 0) continue;
        for (const it of fresh) seen.add(it);
        pages += 1;
        await judge(page, `${path} ${colorScheme} ${viewport.width}`);
      }
      await page.goto(`${own}/console/1_1/overview`);
      await page.screenshot({ path: `${pictures}/overview_${colorScheme}_${viewport.width}.png` });
      await page.context().close();
    }
    console.log(`${pages} pages judged`);
  }));
}

async function judgedSigningIn() {
  await step("accessibility of signing in", () => withSandbox(program, ["--console-sign-in"], async (own, printed) => {
    const page = await watched({ bypassCSP: true }, "signing in");
    await signingPages(new Person(page, "mouse"), own, printed, async (label) => {
      for (const { colorScheme, viewport } of forms) {
        await page.emulateMedia({ colorScheme });
        await page.setViewportSize(viewport);
        await judge(page, `${label} ${colorScheme} ${viewport.width}`);
      }
    });
    await page.context().close();
  }));
}

async function attacked() {
  await step("pages of others", async () => {
    const context = await browser.newContext();
    await othersAreRefused(url, context, isShort, check);
    await context.close();
  });
  if (!isShort) {
    await step("pages of others, signed in", () => withSandbox(program, ["--console-sign-in"], async (own, printed) => {
      const context = await browser.newContext();
      await choose(new Person(await context.newPage(), "mouse"), printedLink(printed));
      await othersAreRefused(own, context, isShort, check);
      await context.close();
    }));
  }
  await step("rebound names", () => reboundNamesAreRefused(url, chromium, check));
}

// Beside each other: a page waits for its sandbox more than it works.
await Promise.all([payloads().then(judgedSigningIn), played().then(attacked), judged()]);
await browser.close();
for (const failure of failures) console.error(failure);
console.log(failures.length === 0 ? "console: ok" : `console: ${failures.length} failures`);
process.exit(failures.length === 0 ? 0 : 1);
