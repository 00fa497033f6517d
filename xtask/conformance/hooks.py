"""What schemathesis cannot know: which ids there are, and what was sent and answered.

Ids of earlier answers are put where an id of their type is expected, in the parts of a request that
are meant to be right. Where ids stand is derived from spec/types.toml, and comes in a file.
"""

import json
import os
import random
import threading
from collections import defaultdict, deque

import requests
import schemathesis
from schemathesis.core.parameters import ParameterLocation
from schemathesis.generation.meta import TestPhase

INTERFACE = os.environ["CONFORMANCE_INTERFACE"]
SERVER = os.environ["CONFORMANCE_SERVER"]
KEY = os.environ["CONFORMANCE_KEY"]
RANDOM = random.Random(int(os.environ["CONFORMANCE_SEED"]))
LOG = open(os.environ["CONFORMANCE_LOG"], "w", encoding="utf-8")
with open(os.environ["CONFORMANCE_PLACES"], encoding="utf-8") as file:
    PLACES = json.load(file)
with open(os.path.join(os.path.dirname(__file__), "world.json"), encoding="utf-8") as file:
    WORLD = json.load(file)

PARTLY = [tuple(entry) for entry in json.loads(os.environ["CONFORMANCE_PARTLY"])]

# What one type of id also stands for.
WIDER = {
    "CustomerId": ["CustomerId", "PersonId", "BusinessId"],
    "PlatformAccountId": ["AccountId", "InternalAccountId"],
}
# What a record says of itself.
OWN_FACTS = ["created", "created_at", "id", "tenant", "updated", "updated_at"]
# Ids kept of each type; the world is made anew after so many requests, since what is closed,
# deleted or spent would leave nothing to move.
KEPT = 40
WORLD_LASTS = 400
# How often what is there is named, and how often what the world began with.
NAMES_WHAT_IS_THERE = 0.92
NAMES_THE_WORLD = 0.7
# How often a body begins with one that was right, and how often a part of it is another then.
BEGINS_RIGHT = 0.5
IS_ANOTHER = 0.15

pool = defaultdict(lambda: deque(maxlen=KEPT))
world = defaultdict(list)
# Bodies that were right, by the call, with what they name.
samples = defaultdict(list)
# Every id that was ever answered: a chain of requests keeps those that it goes by.
seen = set()
lock = threading.RLock()
count = 0


def find(value, place):
    """The values at a place: properties with dots between, `*` for each item of a list."""
    part, _, rest = place.partition(".")
    if part == "*":
        items = value if isinstance(value, list) else []
    else:
        items = [value[part]] if isinstance(value, dict) and part in value else []
    for item in items:
        if rest:
            yield from find(item, rest)
        else:
            yield item


def put(value, place, choose):
    """Puts another value where there is a text at a place; whether it did."""
    part, _, rest = place.partition(".")
    keys = range(len(value)) if part == "*" and isinstance(value, list) else [part]
    done = False
    for key in keys:
        if isinstance(value, list) != isinstance(key, int):
            continue
        if isinstance(value, dict) and key not in value:
            continue
        if not isinstance(value, (dict, list)):
            continue
        if rest:
            done |= put(value[key], rest, choose)
        elif isinstance(value[key], str):
            chosen = choose()
            if chosen is not None:
                value[key] = chosen
                done = True
    return done


def learn(label, answer, into):
    for place, kind in PLACES.get(label, {}).get("answer", []):
        for found in find(answer, place):
            if isinstance(found, str) and found not in into[kind]:
                into[kind].append(found)
                seen.add(found)


def choose(kind, is_destructive):
    """An id of a type; none, where one that exists would not do."""
    if RANDOM.random() > NAMES_WHAT_IS_THERE:
        return None
    kinds = WIDER.get(kind, [kind])
    began = [found for kind in kinds for found in world[kind]]
    came = [found for kind in kinds for found in pool[kind]]
    use_world = RANDOM.random() < (0.1 if is_destructive else NAMES_THE_WORLD)
    found = began if began and (use_world or not came) else came
    return RANDOM.choice(found) if found else None


def filled(value, made):
    """A body of the world: what was made before for `$name.property`, and a fresh word for a last `~`."""
    if isinstance(value, dict):
        return {key: filled(item, made) for key, item in value.items()}
    if isinstance(value, list):
        return [filled(item, made) for item in value]
    if not isinstance(value, str):
        return value
    if value.startswith("$"):
        found = made
        for part in value[1:].split("."):
            found = found[int(part)] if isinstance(found, list) else found[part]
        return found
    return f"{value[:-1]}{RANDOM.getrandbits(64):x}" if value.endswith("~") else value


def begun_right(label, generated):
    """A body that was right, with some parts of a generated one; which stays, mostly."""
    if RANDOM.random() > BEGINS_RIGHT or not samples[label] or not isinstance(generated, dict):
        return generated
    body = filled(*RANDOM.choice(samples[label]))
    for key, value in generated.items():
        if RANDOM.random() < IS_ANOTHER:
            body[key] = value
    return body


def control(name):
    requests.post(f"{SERVER}/sandbox/{name}", timeout=30).raise_for_status()


def make_world():
    """What a run begins with, made as anybody would make it."""
    world.clear()
    samples.clear()
    made = {}
    if INTERFACE == "sandbox":
        # What the control API changed, such as faults and the clock, would keep the world from being made.
        control("reset")
    for step in WORLD:
        interface, method, template = step["call"].split(" ")
        try:
            path = template.format(**filled(step.get("path", {}), made))
            sent = {
                "params": filled(step.get("query", {}), made),
                "json": filled(step.get("body"), made),
            }
        except (KeyError, IndexError):
            LOG.write(json.dumps({"unmade": step["call"], "answered": "needs what is not there"}) + "\n")
            continue
        if file := step.get("file"):
            content = filled(file["text"], made).encode("latin-1")
            sent = {
                "data": step["form"],
                "files": {"file": (file["name"], content, file["type"])},
            }
        response = requests.request(
            method,
            f"{SERVER}/{interface}{path}",
            headers={"Authorization": f"Bearer {KEY}"},
            timeout=30,
            **sent,
        )
        if response.status_code >= 300:
            LOG.write(json.dumps({"unmade": step["call"], "answered": response.text[:600]}) + "\n")
            continue
        # Some operations answer with a text or a file, or with nothing.
        is_json = "json" in response.headers.get("Content-Type", "") and response.content
        answer = response.json() if is_json else {}
        if "name" in step:
            made[step["name"]] = answer
        if "body" in step:
            samples[step["call"]].append((step["body"], made))
        learn(step["call"], answer, world)


@schemathesis.hook
def before_call(context, case, kwargs):
    global count
    with lock:
        if count % WORLD_LASTS == 0:
            make_world()
        count += 1
        if case.meta is None:
            return
        places = PLACES.get(f"{INTERFACE} {case.operation.label}", {})
        ends = case.operation.method.upper() == "DELETE" or "closure" in case.operation.path
        is_linked = case.meta.phase.name == TestPhase.STATEFUL

        def is_right(location):
            return not case.meta.is_negative_at(location)

        if is_right(ParameterLocation.HEADER) and "Idempotency-Key" in (case.headers or {}):
            # One of its own, mostly: under a key that was used, only its answer comes again.
            if RANDOM.random() < NAMES_WHAT_IS_THERE:
                case.headers["Idempotency-Key"] = f"key-{RANDOM.getrandbits(64):x}"
        if is_right(ParameterLocation.PATH):
            for name, kind in (places.get("path") or {}).items():
                given = (case.path_parameters or {}).get(name)
                if given is None or is_linked and given in seen:
                    continue
                chosen = choose(kind, ends)
                if chosen is not None:
                    case.path_parameters[name] = chosen
        if is_right(ParameterLocation.QUERY):
            for name, kind in (places.get("query") or {}).items():
                given = (case.query or {}).get(name)
                chosen = choose(kind, False)
                if given is not None and chosen is not None:
                    case.query[name] = [chosen] if isinstance(given, list) else chosen
        # The parts of a form are not JSON, and what is not touched is not judged anew.
        is_json = case.media_type == "application/json" and isinstance(case.body, (dict, list))
        if is_json and is_right(ParameterLocation.BODY):
            body = begun_right(f"{INTERFACE} {case.operation.label}", case.body)
            began_right = body is not case.body
            if began_right:
                case.body = body
            for place, kind in places.get("body", []):
                # What such a body names goes together; another id mostly does not.
                if not began_right or RANDOM.random() < IS_ANOTHER:
                    put(case.body, place, lambda kind=kind: choose(kind, ends))


@schemathesis.hook
def after_call(context, case, response):
    with lock:
        label = f"{INTERFACE} {case.operation.label}"
        phase = case.meta.phase.name.value if case.meta else "probe"
        LOG.write(json.dumps({"call": label, "phase": phase, "status": response.status_code}) + "\n")
        ends_all = ("POST /wipe", "POST /sandbox/reset")
        if label.endswith(ends_all) and response.status_code < 300:
            # Nothing is left that was there.
            pool.clear()
            make_world()
            return
        if response.status_code < 300 and response.request.method == case.operation.method.upper():
            try:
                answer = response.json()
            except ValueError:
                return
            learn(label, answer, pool)


def is_said_of(call, response):
    """Whether an operation that is served says that it does not do this part."""
    return response.status_code == 501 and any(
        call == operation and says in response.text for operation, says in PARTLY
    )


def is_no_value(failure, case):
    """Whether the request was accepted since its `null` stands for what may be left out.

    A body that an operation does not require may be sent as `null`, and so may what a record says of
    itself, which is never read from a body.
    """
    if type(failure).__name__ != "AcceptedNegativeData":
        return False
    if case.body is None:
        described = case.operation.definition.raw.get("requestBody", {})
        return not described.get("required", False)
    return isinstance(case.body, dict) and any(
        name in case.body and case.body[name] is None for name in OWN_FACTS
    )


def is_text_of_a_form(failure, case):
    """Whether the request was accepted since a form has no types: `false` is sent as its letters."""
    return (
        type(failure).__name__ == "AcceptedNegativeData"
        and (case.media_type or "").startswith("multipart/")
        and "violates `type`" in describe(case)
        and "(was string, " in describe(case)
    )


def is_used_up(failure, case):
    """Whether what was made is gone since it is used up: a fault, by the requests that met it."""
    return (
        type(failure).__name__ == "EnsureResourceAvailability"
        and case.operation.path == "/sandbox/faults/{number}"
    )


@schemathesis.hook
def filter_failure(context, failure, case, response):
    if (
        is_said_of(f"{INTERFACE} {case.operation.label}", response)
        or is_no_value(failure, case)
        or is_text_of_a_form(failure, case)
        or is_used_up(failure, case)
    ):
        return False
    body = response.request.body
    sent = body.decode("utf-8", "replace") if isinstance(body, bytes) else body
    record = {
        "failed": type(failure).__name__,
        "call": f"{INTERFACE} {case.operation.label}",
        "status": response.status_code,
        "message": f"{failure.title}: {failure.message}"[:600],
        "meant": describe(case),
        "sent": f"{response.request.method} {response.request.url} {sent or ''}"[:1500],
        "answered": response.text[:600],
    }
    with lock:
        LOG.write(json.dumps(record) + "\n")
        LOG.flush()
    # It stays a failure.
    return True


def describe(case):
    """What the request was made to break, if anything."""
    data = getattr(case.meta.phase, "data", None) if case.meta else None
    return (getattr(data, "description", None) or "")[:200]
