// Stories of people who use the console, from the first page to what they wanted.
import { createServer } from "node:http";
import { Bank } from "./bank.mjs";

/** Support: a customer calls, since a card was declined. */
async function support(person, url, shot) {
  const bank = new Bank(url);
  // Nobody else is called so: each time the story is played it is about another customer.
  const name = `Hopper-${Math.random().toString(36).replace(/[^a-z]/g, "")}`;
  const holder = await bank.person("Grace", name);
  const account = await bank.account(holder, "Compilers", 100_00);
  const card = await bank.card(account, holder);
  await bank.authorize(card, 10_00);
  await bank.authorize(card, 5000_00);
  const { page } = person;
  await person.open(`${url}/console`);
  await person.write(page.getByRole("searchbox"), name);
  await person.press(page.getByRole("button", { name: "Search" }));
  await person.press(page.locator("tbody th a"));
  await person.sees(`Grace ${name}`);
  await shot("customer");
  await person.press(page.locator("section", { has: page.getByRole("heading", { name: "Cards" }) }).locator("tbody th a"));
  await person.sees("Insufficient funds");
  await shot("card_decline");
  await person.choose(page.locator("#reissue-card_details-reissue_reason"), "LOST");
  await person.press(page.getByRole("button", { name: "Reissue" }));
  await person.sees("A new card is issued:");
  const { cards } = await bank.made("GET", `/v2/cards?account_id=${account}`);
  if (cards.length !== 2) throw new Error(`${cards.length} cards`);
  await person.press(page.getByRole("link", { name: "Compilers" }).first());
  await person.sees("What makes up the available balance");
  await shot("account");
}

/** Compliance: a verification needs a decision, and an alert is resolved. */
async function compliance(person, url, shot) {
  const bank = new Bank(url);
  const holder = await bank.person("Review", "Needed");
  await bank.made("POST", "/v2/monitoring/subscriptions", { person_id: holder });
  await bank.made("POST", "/sandbox/alerts", { party_id: holder, type: "WATCHLIST" });
  const before = await bank.made("GET", `/v2/persons/${holder}`);
  const { page } = person;
  await person.open(`${url}/console/1_1/cases`);
  await person.sees("Alerts");
  await shot("cases");
  const alerts = page.locator("section", { has: page.getByRole("heading", { name: "Alerts" }) });
  await person.press(alerts.locator("tbody th a"));
  await person.press(page.getByRole("button", { name: "Resolve" }));
  await person.sees("Resolved:");
  if (before.verification_status !== "ACCEPTED") {
    await person.open(`${url}/console/1_1/persons/${holder}`);
    await person.choose(page.locator("#decide-result"), "ACCEPTED");
    await person.press(page.getByRole("button", { name: "Decide the review" }));
    await person.sees("The review is decided.");
    const after = await bank.made("GET", `/v2/persons/${holder}`);
    if (after.verification_status !== "ACCEPTED") throw new Error(JSON.stringify(after));
  }
}

/** A developer: a request failed, and a webhook did not arrive. */
async function developer(person, url, shot) {
  const bank = new Bank(url);
  const seen = [];
  let isBroken = true;
  const receiver = createServer((request, response) => {
    request.resume();
    request.on("end", () => {
      seen.push(request.url);
      response.writeHead(isBroken ? 500 : 200).end("said");
    });
  });
  await new Promise((done) => receiver.listen(0, "127.0.0.1", done));
  try {
    const webhook = await bank.made("POST", "/v2/webhooks", {
      url: `http://127.0.0.1:${receiver.address().port}/hook`, enabled_events: ["PERSON.*"],
      is_enabled: true,
    });
    await bank.call("POST", "/v2/persons", { status: "NOT_A_STATUS", is_customer: true });
    await bank.person("Alan", "Turing");
    await bank.made("POST", "/sandbox/deliveries/settle", {});
    const { page } = person;
    await person.open(`${url}/console/1_1/admin/log`);
    await shot("request_log");
    await person.choose(page.locator("#filter-status"), "4xx");
    await person.press(page.getByRole("button", { name: "Filter" }));
    await person.press(page.locator("tbody th a"));
    await person.sees("Why");
    await person.sees("status");
    await person.press(page.getByRole("button", { name: /Send it again/ }));
    await person.sees("Refused");
    await person.open(`${url}/console/1_1/admin/webhooks`);
    await shot("webhooks");
    isBroken = false;
    const before = seen.length;
    await person.open(`${url}/console/1_1/admin/webhooks/${webhook.id}`);
    // The oldest one was sent first, and failed: those after it wait for it.
    await person.press(page.locator("tbody th a").last());
    await person.sees("Attempts");
    await person.press(page.getByRole("button", { name: "Send again" }));
    await person.sees("200");
    if (seen.length <= before) throw new Error("nothing was sent again");
  } finally {
    receiver.close();
  }
}

export const stories = { support, compliance, developer };
