// A bank with something of everything: the calls that conformance and the tests of mutations make, and the same
// calls with other texts.
import { readFileSync } from "node:fs";

/** Two lists of steps, in the order in which they are played. `world.rs` of the tests says what they mean. */
export const lists = ["world.json", "steps.json"].map((name) => JSON.parse(readFileSync(name, "utf8")));

const isReference = (text) => text.startsWith("$");

/** Where a body has texts: paths of members. */
function leaves(body, path = []) {
  if (typeof body === "string") return isReference(body) ? [] : [path];
  if (body === null || typeof body !== "object") return [];
  return Object.entries(body).flatMap(([name, value]) => leaves(value, [...path, name]));
}

/** A body with another text at some places. A text that must be unique stays so. */
function replaced(body, paths, text) {
  const copy = structuredClone(body);
  for (const path of paths) {
    const parent = path.slice(0, -1).reduce((at, name) => at[name], copy);
    const name = path.at(-1);
    parent[name] = parent[name]?.endsWith("~") ? `${text} ~` : text;
  }
  return copy;
}

/** The members of a body that take any text, as a document says. */
function textMembers(document, { call }) {
  const [, method, template] = call.split(" ");
  const resolved = (at) => (at.$ref ? resolved(at.$ref.split("/").slice(1).reduce((of, name) => of[name], document)) : at);
  const members = (schema) => {
    const { allOf = [], anyOf = [], oneOf = [], properties = {} } = resolved(schema);
    return [...[...allOf, ...anyOf, ...oneOf].flatMap(members), ...Object.entries(properties)];
  };
  const body = document.paths[template]?.[method.toLowerCase()]?.requestBody?.content?.["application/json"];
  const isAnyText = (it) => [it.type].flat().includes("string") && !it.enum && !it.format && !it.pattern && !it.readOnly;
  // Wrong PINs have a card suspended.
  const found = members(body?.schema ?? {}).filter(([name, it]) => name !== "pin" && isAnyText(resolved(it)));
  return [...new Set(found.map(([name]) => name))];
}

/** Numbers of persons and businesses are theirs alone: what is sent again has others. */
const numbers = {
  ssn: (word) => `457-${10 + (word % 89)}-${1000 + (word % 8999)}`,
  ein: (word) => `13-${1000000 + word}`,
};

/** A workspace in which steps are played. */
export class World {
  /** `document` describes the platform's operations. */
  constructor(bank, document) {
    this.bank = bank;
    this.document = document;
    this.made = new Map();
    this.words = 0;
  }

  word() {
    this.words += 1;
    return this.words;
  }

  /** A value with what was made before for `$name.member`, and a fresh word for a last `~`. */
  filled(value) {
    if (Array.isArray(value)) return value.map((it) => this.filled(it));
    if (value !== null && typeof value === "object") {
      return Object.fromEntries(Object.entries(value).map(([name, it]) => [name, this.filled(it)]));
    }
    if (typeof value !== "string") return value;
    if (isReference(value)) {
      const [name, ...members] = value.slice(1).split(".");
      const found = members.reduce((at, member) => at?.[member], this.made.get(name));
      if (found === undefined) throw new Error(`nothing was made for ${value}`);
      return found;
    }
    return value.endsWith("~") ? `${value.slice(0, -1)}${this.word()}` : value;
  }

  target({ call, path = {}, query = {} }) {
    const [api, method, template] = call.split(" ");
    const target = Object.entries(path).reduce((at, [name, it]) => at.replace(`{${name}}`, this.filled(it)), template);
    const asked = Object.entries(query).map(([name, it]) => `${name}=${encodeURIComponent(this.filled(it))}`);
    return { method, target: `/${api}${target}${asked.length ? `?${asked.join("&")}` : ""}` };
  }

  async send(step, body) {
    const { method, target } = this.target(step);
    // Some operations ask for a key.
    const more = method === "POST" ? { "idempotency-key": `call ${this.word()}` } : {};
    if (!step.form) return this.bank.call(method, target, body, more);
    const form = new FormData();
    for (const [name, it] of Object.entries(step.form)) form.append(name, it);
    const bytes = Uint8Array.from(this.filled(step.file.text), (it) => it.charCodeAt(0));
    form.append("file", new Blob([bytes], { type: step.file.type }), step.file.name);
    return this.bank.call(method, target, form, more);
  }

  /** Plays a step, which succeeds. */
  async play(step) {
    const body = step.body && this.filled(step.body);
    const banking_days = step.call === "sandbox POST /clock" && body.banking_days;
    const answer = await this.send(step, banking_days ? { advance: { banking_days } } : body);
    if (answer.status >= 300) throw new Error(`${step.call}: ${answer.status} ${JSON.stringify(answer.body)}`);
    this.made.set(step.name ?? step.call, answer.body);
  }

  /** Sends a call again with a text in each place that has one, then in all that took it; how often it was taken. */
  async vary(step, text) {
    const whole = { body: step.body, form: step.form, file: step.file && { name: step.file.name } };
    const taken = [];
    const isTaken = async (paths) => {
      const { body, form, file } = replaced(whole, paths, text);
      const fresh = body && this.filled(body);
      for (const [name, number] of Object.entries(numbers)) {
        if (fresh?.[name] && fresh[name] !== text) fresh[name] = number(this.word());
      }
      const { status } = await this.send({ ...step, form, file: file && { ...step.file, ...file } }, fresh);
      return status < 300;
    };
    const more = step.body && step.call.startsWith("v2 ") ? textMembers(this.document, step) : [];
    const all = [...leaves(whole), ...more.filter((name) => !(name in step.body)).map((name) => ["body", name])];
    for (const path of all) if (await isTaken([path])) taken.push(path);
    const isAtOnce = taken.length > 1;
    const isTakenAtOnce = isAtOnce && await isTaken(taken);
    return { places: all.length, sent: all.length + Number(isAtOnce), taken: taken.length + Number(isTakenAtOnce) };
  }
}
