// Pages of others: what they send to the console is refused, and they see nothing of it.
import { createServer } from "node:http";
import { Bank } from "./bank.mjs";
import { launch } from "./browser.mjs";

/** A page with a form for each write, with the right token: another page has none, and it would not help. */
const forms = (writes) => writes.map(({ target, fields, encoding }) => `
  <form method="post" action="${target}" enctype="${encoding ?? "application/x-www-form-urlencoded"}">
    ${Object.entries(fields).map(([name, value]) => `<input name='${name}' value='${value}'>`).join("")}<button>go</button>
  </form>`).join("");

/** What could be changed. */
async function state(bank, person) {
  const all = [`/v2/persons/${person}`, "/sandbox/clock", "/sandbox/settings", "/sandbox/faults", "/sandbox/keys"];
  return JSON.stringify(await Promise.all(all.map(async (path) => bank.call("GET", path))));
}

/** Presses a button; the answer to the form. */
async function submitted(page, button) {
  const [answer] = await Promise.all([page.waitForNavigation(), button.click()]);
  return answer.status();
}

/** A server with pages of somebody else, under two names of this machine. */
async function elsewhere(pages) {
  const server = createServer((request, response) => {
    response.writeHead(200, { "content-type": "text/html" }).end(pages[request.url] ?? "");
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address();
  return { server, origins: [`http://127.0.0.1:${port}`, `http://localhost:${port}`] };
}

/** Tries what pages of others can, in a context that the console knows. */
export async function othersAreRefused(url, context, isShort, check) {
  const bank = new Bank(url);
  const person = await bank.person("Not", "Frozen");
  const page = await context.newPage();
  const home = `${url}/console/1_1/persons/${person}`;
  await page.goto(home);
  const _token = await page.locator("[name=_token]").first().inputValue();
  const all = [
    { target: `${home}/freeze`, fields: { _token } },
    { target: `${home}/reveal`, fields: { _token, at: "/ssn" } },
    { target: `${url}/console/1_1/admin/do/advance`, fields: { _token, "/advance/days": 1 } },
    { target: `${url}/console/1_1/admin/operators/invite`, fields: { _token, name: "mallory", role: "administer" } },
    { target: `${url}/console/sign-out`, fields: {} },
    { target: `${url}/sandbox/clock`, fields: { "{\"advance\":{\"days\":1},\"x\":\"": "\"}" }, encoding: "text/plain" },
  ];
  const writes = isShort ? [all[0], all.at(-1)] : all;
  const before = await state(bank, person);
  const { server, origins } = await elsewhere({
    "/forms": forms(writes), "/frame": `<iframe src="${home}" title="f"></iframe>`,
  });
  for (const origin of origins) {
    for (const [place, { target }] of writes.entries()) {
      await page.goto(`${origin}/forms`);
      const status = await submitted(page, page.getByRole("button").nth(place));
      check(status === 403, `a form of ${origin} to ${target}: ${status}`);
    }
    await page.goto(`${origin}/frame`);
    await page.waitForTimeout(300);
    const inner = page.frames().find((it) => it !== page.mainFrame());
    const shown = await inner?.locator("body").innerText().catch(() => "");
    check(!shown?.includes("Frozen"), `${origin} shows the console in a frame`);
    const read = await page.evaluate(async (target) => {
      const tried = [{}, { mode: "no-cors" }, { mode: "no-cors", method: "POST", body: "x=1" }].map((it) => fetch(target, it));
      const kinds = (await Promise.allSettled(tried)).map((it) => it.status);
      const script = document.createElement("script");
      const loaded = new Promise((done) => {
        script.onload = () => done("fulfilled");
        script.onerror = () => done("rejected");
      });
      script.src = new URL("/console/assets/console.js", target);
      document.head.append(script);
      return [...kinds, await loaded];
    }, home);
    check(read.every((it) => it === "rejected"), `${origin} loads of the console: ${read}`);
    const opening = page.evaluateHandle((target) => window.open(target), home);
    const [popup, opener] = await Promise.all([context.waitForEvent("page"), opening]);
    await popup.waitForLoadState();
    check(await opener.evaluate((it) => it.closed), `${origin} has a hold on a window with the console`);
    await popup.close();
  }
  server.close();
  // A form of the console leads to no other server, nor to this one by another name.
  await page.goto(home);
  const freeze = page.getByRole("button", { name: "Freeze" });
  await freeze.evaluate((it, target) => { it.form.action = target; }, `${home.replace("127.0.0.1", "localhost")}/freeze`);
  await freeze.click({ noWaitAfter: true });
  await page.waitForTimeout(300);
  check(page.url() === home, `a form of the console leads to ${page.url()}`);
  // The right page with a token that is none.
  for (const wrong of ["0".repeat(64), ""]) {
    await page.goto(home);
    await page.evaluate((token) => { for (const it of document.querySelectorAll("[name=_token]")) it.value = token; }, wrong);
    const status = await submitted(page, freeze);
    check(status === 403, `a form with the token "${wrong}": ${status}`);
  }
  check(before === await state(bank, person), "a page of others changed something");
  await page.goto(`${url}/console/1_1/admin/operators`);
  check(!(await page.locator("main").innerText()).includes("mallory"), "a page of others made an operator");
  await page.close();
}

/** A name of others that leads to this machine: the console does not answer to it. */
export async function reboundNamesAreRefused(url, chromium, check) {
  const bank = new Bank(url);
  const person = await bank.person("Not", "Rebound");
  const before = await state(bank, person);
  const browser = await launch(chromium, "--host-resolver-rules=MAP rebound.example 127.0.0.1");
  const page = await browser.newPage();
  const rebound = `http://rebound.example:${new URL(url).port}`;
  const paths = ["/console", "/console/sign-in", `/console/1_1/persons/${person}`, `/v2/persons/${person}`, "/sandbox/clock"];
  for (const path of paths) {
    const answer = await page.goto(rebound + path);
    check(answer.status() === 421, `${path} under another name: ${answer.status()}`);
    const shown = await page.locator("html").innerText();
    check(!/Sandbox bank|Rebound|"now"/.test(shown), `${path} under another name shows ${shown.slice(0, 200)}`);
  }
  const statuses = await page.evaluate(async (paths) => {
    const answers = paths.map((path) => fetch(path, { method: "POST", body: new URLSearchParams({ _token: "x" }) }));
    return (await Promise.all(answers)).map((it) => it.status);
  }, [`/console/1_1/persons/${person}/freeze`, "/sandbox/clock"]);
  check(statuses.every((it) => it === 421), `writes under another name: ${statuses}`);
  check(before === await state(bank, person), "a rebound name changed something");
  await browser.close();
}
