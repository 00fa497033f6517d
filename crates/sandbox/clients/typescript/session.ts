// A session with types that openapi-typescript makes of the sandbox's two documents, and openapi-fetch.
//
// `SANDBOX` is the sandbox's URL; `synctera.d.ts` and `control.d.ts` are generated.

import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import createClient from "openapi-fetch";
import type { paths as Control } from "./control.js";
import type { paths as Synctera } from "./synctera.js";

const SANDBOX = process.env["SANDBOX"] ?? "http://127.0.0.1:8080";
const events: string[] = [];

const listener = createServer((request, response) => {
  let body = "";
  request.on("data", (piece) => (body += piece));
  request.on("end", () => {
    events.push(JSON.parse(body).type);
    response.end();
  });
});
await new Promise<void>((listening) => listener.listen(0, "127.0.0.1", listening));
const { port } = listener.address() as AddressInfo;

// What was asked for, or why it is refused.
function data<T>({ data, error }: { data?: T; error?: unknown }): T {
  if (data === undefined) {
    throw new Error(JSON.stringify(error));
  }
  return data;
}

// A workspace of our own, and its key.
const control = createClient<Control>({ baseUrl: SANDBOX });
console.log(data(await control.GET("/sandbox/health")).status);
const made = data(await control.POST("/sandbox/keys", { body: { workspace: "7_2" } }));
const client = createClient<Synctera>({
  baseUrl: `${SANDBOX}/v2`,
  headers: { Authorization: `Bearer ${made.api_key}` },
});

data(
  await client.POST("/webhooks", {
    body: { url: `http://127.0.0.1:${port}/`, enabled_events: ["ACCOUNT.*"], is_enabled: true },
  }),
);

// A person, verified.
const person = data(
  await client.POST("/persons", {
    body: {
      status: "ACTIVE",
      is_customer: true,
      first_name: "Ada",
      last_name: "Byron",
      dob: "1985-12-10",
      ssn: "456-78-9012",
      email: "ada@example.com",
      phone_number: "+14155550123",
      legal_address: {
        address_line_1: "1 Market St",
        city: "San Francisco",
        state: "CA",
        postal_code: "94105",
        country_code: "US",
      },
    },
  }),
);
const verification = await client.POST("/verifications/verify", {
  body: { person_id: person.id, customer_consent: true },
});
console.log(data(verification).verification_status);

// An account: opened once, even if this is sent again.
const open = () =>
  client.POST("/accounts", {
    params: { header: { "Idempotency-Key": "checking-1" } },
    body: {
      account_type: "CHECKING",
      relationships: [
        { relationship_type: "PRIMARY_ACCOUNT_HOLDER", customer_id: person.id },
      ],
    },
  });
await open();
const opened = data(await open());
console.log(opened.status);

// Money comes in from another bank.
data(
  await client.POST("/ach/transaction_simulations/receiving_transaction", {
    body: {
      account_number: opened.account_number ?? "",
      amount: 50000,
      dc_sign: "credit",
      effective_date: "2026-11-24",
    },
  }),
);
const account = data(
  await client.GET("/accounts/{account_id}", { params: { path: { account_id: opened.id ?? "" } } }),
);
console.log(account.balances?.find(({ type }) => type === "ACCOUNT_BALANCE")?.balance);

// Two days later, and the events until then.
const clock = data(await control.POST("/sandbox/clock", { body: { advance: { days: 2 } } }));
console.log(clock.now);
console.log(data(await control.POST("/sandbox/deliveries/settle")).due);
console.log(events[0]);
console.log(data(await control.GET("/sandbox/check")).adds_up);
listener.close();
