// The bank before a story: people, accounts, cards and what went wrong, made by the API as any program does.

let people = 1000 + (Date.now() % 8000);

/** A number that nobody has yet. */
function nextSsn() {
  people += 1;
  return `456-78-${people}`;
}

/** What an answer says, if it is JSON. */
function read(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** Calls of one sandbox. */
export class Bank {
  constructor(url, key = "sandbox-key") {
    this.url = url;
    this.key = key;
  }

  async call(method, path, body, more = {}) {
    const isForm = body instanceof FormData;
    const response = await fetch(this.url + path, {
      method,
      headers: {
        ...(path.startsWith("/sandbox") ? {} : { authorization: `Bearer ${this.key}` }),
        // A form says by itself what it is.
        ...(body === undefined || isForm ? {} : { "content-type": "application/json" }),
        ...more,
      },
      body: body === undefined || isForm ? body : JSON.stringify(body),
    });
    const text = await response.text();
    return { status: response.status, body: read(text) };
  }

  async made(method, path, body) {
    const { status, body: answer } = await this.call(method, path, body);
    if (status >= 300) throw new Error(`${method} ${path}: ${status} ${JSON.stringify(answer)}`);
    return answer;
  }

  /** A verified person; their id. */
  async person(first_name, last_name, more = {}) {
    const address = {
      address_line_1: "1 Market St", city: "San Francisco", state: "CA", postal_code: "94105",
      country_code: "US",
    };
    const person = await this.made("POST", "/v2/persons", {
      first_name, last_name, dob: "1985-12-10", email: "ada@example.com",
      phone_number: "+14155550123", ssn: nextSsn(), status: "ACTIVE", is_customer: true,
      legal_address: address, ...more,
    });
    await this.made("POST", "/v2/verifications/verify", {
      person_id: person.id, customer_consent: true,
    });
    return person.id;
  }

  /** A checking account with money; its id. */
  async account(holder, nickname, cents) {
    const { account_templates } = await this.made("GET", "/v2/accounts/templates");
    const template = account_templates.find((it) => it.template.account_type === "CHECKING");
    const account = await this.made("POST", "/v2/accounts", {
      account_template_id: template.id, nickname,
      relationships: [{ relationship_type: "PRIMARY_ACCOUNT_HOLDER", person_id: holder }],
    });
    const { internal_accounts } = await this.made("GET", "/v2/internal_accounts");
    await this.made("POST", "/v2/transactions/internal_transfer", {
      originating_account_id: internal_accounts[0].id, receiving_account_id: account.id,
      amount: cents, currency: "USD", type: "ACCOUNT_TO_ACCOUNT",
    });
    return account.id;
  }

  /** A virtual card; its id. */
  async card(account_id, customer_id) {
    const { card_products } = await this.made("GET", "/v2/cards/products");
    const product = card_products.find((it) => it.form === "VIRTUAL");
    const card = await this.made("POST", "/v2/cards", {
      type: "DEBIT",
      card_details: { form: "VIRTUAL", account_id, customer_id, card_product_id: product.id },
    });
    return card.card_details.id;
  }

  async authorize(card_id, amount) {
    return this.made("POST", "/v2/cards/transaction_simulations/authorization", {
      card_id, amount, mid: "123456789012345",
    });
  }
}
