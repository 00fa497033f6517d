// Stories of signing in: the first administrator, and an operator whom they invite.
import { Bank } from "./bank.mjs";

const password = "correct horse battery";

/** Chooses a password at a link. */
export async function choose(person, link) {
  const { page } = person;
  await person.open(link);
  await person.sees("Choose a password");
  await person.write(page.locator("#password"), password);
  await person.press(page.getByRole("button", { name: "Choose a password" }));
  await person.sees("Overview");
}

async function signIn(person, name, given) {
  const { page } = person;
  await person.write(page.locator("#name"), name);
  await person.write(page.locator("#password"), given);
  await person.press(page.getByRole("button", { name: "Sign in" }));
}

async function signOut(person, url) {
  const { page } = person;
  await person.press(page.getByRole("button", { name: "Sign out" }));
  await person.sees("Sign in");
  await person.open(`${url}/console/1_1/persons`);
  if (!page.url().includes("/console/sign-in?to=")) throw new Error(`signed out, and sees ${page.url()}`);
}

/** The link that the program printed. */
export const printedLink = (printed) => /sign in to the console once, within an hour, at (\S+)/.exec(printed)[1];

/** An administrator invites an operator, who freezes a person. Both are somebody at their own browser. */
export async function signing(administrator, operator, url, printed, shot) {
  const bank = new Bank(url);
  const holder = await bank.person("Annie", "Easley");
  const { page } = administrator;
  await administrator.open(`${url}/console`);
  await administrator.sees("Sign in");
  await choose(administrator, printedLink(printed));
  await administrator.press(page.locator("nav").getByRole("link", { name: "Operators" }));
  await administrator.write(page.locator("#invite-name"), "grace");
  await administrator.choose(page.locator("#invite-role"), "act");
  await administrator.press(page.getByRole("button", { name: "Make a link" }));
  await administrator.sees("A link for grace");
  await shot("invitation");
  const link = await page.locator("main code").first().innerText();
  await signOut(administrator, url);

  const own = operator.page;
  await choose(operator, link);
  await operator.open(link);
  await operator.sees("This link was used or is too old");
  await operator.open(`${url}/console`);
  const nav = own.locator("nav");
  for (const name of ["Operators", "Audit log"]) {
    if (await nav.getByRole("link", { name }).count()) throw new Error(`an operator who acts is shown ${name}`);
  }
  for (const path of ["clock", "faults", "settings", "keys", "snapshots", "fixtures", "webhooks"]) {
    await operator.open(`${url}/console/1_1/admin/${path}`);
    const buttons = await own.locator("main form[action*='/admin/do/'] button:enabled").count();
    if (buttons) throw new Error(`an operator who acts has ${buttons} forms of ${path}`);
  }
  for (const path of ["operators", "audit"]) {
    await operator.open(`${url}/console/1_1/admin/${path}`);
    await operator.sees("Not allowed");
  }
  await operator.open(`${url}/console/1_1/persons/${holder}`);
  await operator.press(own.getByRole("button", { name: "Freeze", exact: true }));
  await operator.sees("Frozen.");
  const { status } = await bank.made("GET", `/v2/persons/${holder}`);
  if (status !== "FROZEN") throw new Error(`a frozen person is ${status}`);
  await shot("operator");
  await signOut(operator, url);

  await signIn(administrator, "administrator", "wrong horse battery");
  await administrator.sees("the name or the password is wrong");
  await signIn(administrator, "administrator", password);
  // What was wanted before signing in.
  await administrator.sees("Persons");
  await administrator.press(page.locator("nav").getByRole("link", { name: "Audit log" }));
  for (const said of ["grace", "Freeze", "Invite with role act", "Sign out"]) await administrator.sees(said);
  await shot("audit");
}

/** The pages of signing in and of operators, each as it is shown to somebody: `judge` looks at it. */
export async function signingPages(administrator, url, printed, judge) {
  const { page } = administrator;
  const link = printedLink(printed);
  await administrator.open(`${url}/console`);
  await judge("sign in");
  await signIn(administrator, "administrator", "wrong horse battery");
  await judge("sign in, refused");
  await administrator.open(link);
  await judge("choose a password");
  await choose(administrator, link);
  await administrator.open(link);
  await judge("a used link");
  await administrator.open(`${url}/console/1_1/admin/operators`);
  await administrator.write(page.locator("#invite-name"), "Grace Hopper");
  await administrator.press(page.getByRole("button", { name: "Make a link" }));
  await judge("a name that is none");
  await administrator.open(`${url}/console/1_1/admin/operators`);
  await administrator.write(page.locator("#invite-name"), "grace");
  await administrator.press(page.getByRole("button", { name: "Make a link" }));
  await judge("invitation");
  const invitation = await page.locator("main code").first().innerText();
  for (const path of ["operators", "audit"]) {
    await administrator.open(`${url}/console/1_1/admin/${path}`);
    await judge(path);
  }
  await signOut(administrator, url);
  await choose(administrator, invitation);
  await administrator.open(`${url}/console/1_1/admin/operators`);
  await judge("not allowed");
  await administrator.open(`${url}/console/1_1/admin/settings`);
  await judge("settings of who sees pages");
}
