// Texts that would be more than text on a careless page, in every field that takes them.
import { createServer } from "node:http";
import { Bank } from "./bank.mjs";
import { World, lists } from "./world.mjs";

const payloads = [
  "<script>window.ran = 1; alert(1)</script>",
  "\"><img src=x onerror=\"window.ran = 1\">",
  "javascript:window.ran=1",
  "\u202Egnirts\u202C \u2067\u200F\u0661",
  "w".repeat(10_000),
  "' onfocus='window.ran = 1' autofocus='",
  "</textarea></title><svg onload='window.ran = 1'>",
  "{{7*7}} ${7*7} hx-get=/console",
];

/**
 * What is on a page: elements and attributes that no page of the console has, so they came from a text; its width;
 * and where it leads to, those links first that lead to what has a payload.
 */
function looked() {
  const isOurs = (it) => new URL(it, location).pathname.startsWith("/console/assets/");
  const foreign = [];
  for (const it of document.querySelectorAll("*")) {
    const isElement = /^(img|iframe|object|embed|base|style|audio|video|template|math)$/i.test(it.localName)
      || (it.localName === "script" && !(it.src && isOurs(it.src)))
      || (it.localName === "link" && !isOurs(it.href))
      || (it.localName === "svg" && !it.matches(".chart, .links"));
    const isAttribute = [...it.attributes].some(({ name, value }) => name.startsWith("on") || name === "autofocus"
      || (["href", "src", "action", "formaction"].includes(name) && !/^(\/(?!\/)|\?|#)/.test(value))
      || (name.startsWith("hx-") && !it.matches("[hx-get^='/console/']")));
    if (isElement || isAttribute) foreign.push(it.outerHTML.slice(0, 200));
  }
  if (window.ran !== undefined) foreign.push("a script ran");
  const isMarked = (it) => /[<\u202E]|javascript:|w{50}|onfocus|7\*7/.test((it.closest("tr") ?? it).textContent);
  const links = [...document.querySelectorAll("main a[href]")].sort((one, other) => isMarked(other) - isMarked(one));
  return { foreign, width: document.documentElement.scrollWidth, links: links.map((it) => it.pathname + it.search) };
}

/** Pages of one kind differ in what they are about. */
function kind(path) {
  const { pathname, searchParams } = new URL(path, "http://console");
  const [, , , first, second, ...rest] = pathname.split("/");
  const isAdmin = first === "admin";
  const after = rest.map((it, place) => (place % 2 === (isAdmin ? 0 : 1) ? "*" : it));
  return [first, isAdmin ? second : second && "*", ...after, ...searchParams.keys()].join("/");
}

/** Receives events, and answers with a payload. */
async function receiver() {
  const server = createServer((request, response) => {
    request.resume();
    request.on("end", () => response.writeHead(200, { "content-type": "text/html" }).end(payloads[0]));
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  return server;
}

/** Fills a bank with payloads; says how many were taken. */
async function fill(url, wanted, played) {
  const bank = new Bank(url);
  const world = new World(bank, await (await fetch(`${url}/sandbox/openapi.json`)).json());
  const server = await receiver();
  const events = world.document.components.schemas.event_type_wildcard.enum;
  await bank.made("POST", "/v2/webhooks", {
    url: `http://127.0.0.1:${server.address().port}/?'onload=x`, enabled_events: events, is_enabled: true,
  });
  const all = { places: 0, sent: 0, taken: 0, calls: 0 };
  for (const step of played.flat()) {
    await world.play(step);
    if (step.call.startsWith("sandbox") || !(step.body || step.form)) continue;
    let isTaken = false;
    for (const [place, payload] of wanted.entries()) {
      const { places, sent, taken } = await world.vary(step, payload);
      all.places += place === 0 ? places : 0;
      all.sent += sent;
      all.taken += taken;
      isTaken ||= taken > 0;
    }
    all.calls += isTaken ? 1 : 0;
  }
  await bank.made("POST", "/sandbox/deliveries/settle", {});
  server.close();
  console.log(`${all.taken} of ${all.sent} texts taken, in ${all.places} places; ${all.calls} calls take some`);
  return all;
}

/** Fills a bank with payloads, and opens its pages: none of them becomes more than text. */
export async function payloadsAreText(url, page, isShort, check) {
  const wanted = isShort ? payloads.slice(1, 2) : payloads;
  const { taken, calls } = await fill(url, wanted, isShort ? lists.slice(0, 1) : lists);
  const [fewestTaken, fewestCalls] = isShort ? [140, 40] : [2500, 90];
  check(taken >= fewestTaken && calls >= fewestCalls, `only ${taken} texts were taken, by ${calls} calls`);

  let reports = [];
  await page.exposeFunction("report", (what) => { reports.push(what); });
  await page.addInitScript(() => {
    document.addEventListener("securitypolicyviolation", (it) => {
      window.report(`${it.violatedDirective} ${it.blockedURI} ${it.sample}`);
    });
  });
  await page.goto(`${url}/console`);
  const most = isShort ? 1 : 8;
  const queue = await page.locator("nav a").evaluateAll((all) => all.map((it) => it.pathname));
  const log = "/console/1_1/admin/log";
  queue.push(...["POST", "PATCH", "PUT"].map((method) => `${log}?method=${method}`));
  for (const payload of wanted.map((it) => encodeURIComponent(it.slice(0, 1000)))) {
    queue.push(
      `/console/1_1/search?q=${payload}`, `/console/1_1/persons?last_name=${payload}`, `/console/1_1/${payload}`,
      `/console/1_1/persons/${payload}`, `/console/${payload}/overview`, `${log}?operation=${payload}&code=${payload}`,
      `/console/sign-in?to=${payload}`, `/console/sign-in/${payload}`,
    );
  }
  const seen = new Set(queue);
  const opened = new Map();
  let pages = 0;
  for (const path of queue) {
    await page.goto(url + path);
    pages += 1;
    const { foreign, width, links } = await page.evaluate(looked);
    for (const found of foreign) check(false, `${path} has what a text said: ${found}`);
    check(width <= page.viewportSize().width, `${path.slice(0, 100)} is ${width} wide`);
    for (const next of links) {
      const of = kind(next);
      if (seen.has(next) || (opened.get(of) ?? 0) >= most) continue;
      seen.add(next);
      opened.set(of, (opened.get(of) ?? 0) + 1);
      queue.push(next);
    }
    for (const report of reports) check(false, `${path}: the policy kept ${report}`);
    reports = [];
  }
  // The log renews itself.
  await page.goto(url + log);
  await page.waitForResponse((it) => it.url().includes("part=1"));
  await page.waitForTimeout(200);
  for (const found of (await page.evaluate(looked)).foreign) check(false, `the log has what a text said: ${found}`);
  console.log(`${pages} pages of ${opened.size} kinds`);
}
