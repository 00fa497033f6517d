"""A session with clients that openapi-python-client makes of the sandbox's two documents.

`SANDBOX` is the sandbox's URL; `synctera_v2` and `synctera_control` are the generated packages.
"""

import datetime
import http.server
import json
import os
import threading

from synctera_control import Client
from synctera_control.api.clock import change_clock
from synctera_control.api.state import check_books, get_health
from synctera_control.api.webhooks import deliver_webhooks
from synctera_control.api.workspaces import add_key
from synctera_control.models import ClockChange, NewKey, TimeSpan
from synctera_v2 import AuthenticatedClient
from synctera_v2.api.accounts import create_account, get_account
from synctera_v2.api.ach_transaction_simulations import simulate_incoming_ach
from synctera_v2.api.kyckyb_verifications import verify
from synctera_v2.api.persons import create_person
from synctera_v2.api.webhooks import create_webhook
from synctera_v2.models import (
    AccountRelationshipInput,
    AccountRelationshipType,
    AccountType,
    EventTypeWildcard,
    IncomingAchSimulation,
    IncomingAchSimulationDcSign,
    MailingAddress,
    NewAccountDepository,
    NewPerson,
    PersonStatus,
    VerifyRequest,
    Webhook,
)

SANDBOX = os.environ["SANDBOX"]
events = []


class Listener(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        events.append(json.loads(body)["type"])
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_):
        pass


listener = http.server.HTTPServer(("127.0.0.1", 0), Listener)
threading.Thread(target=listener.serve_forever, daemon=True).start()

# A workspace of our own, and its key.
control = Client(base_url=SANDBOX)
print(get_health.sync(client=control).status)
made = add_key.sync(client=control, body=NewKey(workspace="7_1"))
client = AuthenticatedClient(base_url=f"{SANDBOX}/v2", token=made.api_key)

webhook = Webhook(
    url=f"http://127.0.0.1:{listener.server_port}/",
    enabled_events=[EventTypeWildcard.ACCOUNT],
    is_enabled=True,
)
create_webhook.sync(client=client, body=webhook)

# A person, verified.
address = MailingAddress(
    address_line_1="1 Market St", city="San Francisco", state="CA", postal_code="94105", country_code="US"
)
person = NewPerson(
    status=PersonStatus.ACTIVE,
    is_customer=True,
    first_name="Ada",
    last_name="Byron",
    dob=datetime.date(1985, 12, 10),
    ssn="456-78-9012",
    email="ada@example.com",
    phone_number="+14155550123",
    legal_address=address,
)
person = create_person.sync(client=client, body=person)
verified = verify.sync(client=client, body=VerifyRequest(person_id=person.id, customer_consent=True))
print(verified.verification_status.value)

# An account: opened once, even if this is sent again.
holder = AccountRelationshipInput(
    relationship_type=AccountRelationshipType.PRIMARY_ACCOUNT_HOLDER, customer_id=person.id
)
account = NewAccountDepository(account_type=AccountType.CHECKING, relationships=[holder])
for _ in range(2):
    opened = create_account.sync(client=client, body=account, idempotency_key="checking-1")
print(opened.status.value)

# Money comes in from another bank.
money = IncomingAchSimulation(
    account_number=opened.account_number,
    amount=50000,
    dc_sign=IncomingAchSimulationDcSign.CREDIT,
    effective_date=datetime.date(2026, 11, 24),
)
simulate_incoming_ach.sync(client=client, body=money)
account = get_account.sync(opened.id, client=client)
balances = {balance.type_.value: balance.balance for balance in account.balances}
print(balances["ACCOUNT_BALANCE"])

# Two days later, and the events until then.
clock = change_clock.sync(client=control, body=ClockChange(advance=TimeSpan(days=2)))
print(clock.now.isoformat())
print(deliver_webhooks.sync(client=control).due)
print(events[0])
print(check_books.sync(client=control).adds_up)
