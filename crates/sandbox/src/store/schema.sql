-- What many rows have in common, as a number: the resources of a kind in a workspace (under no key),
-- and each key that they are looked up by.
CREATE TABLE spaces (
    number INTEGER PRIMARY KEY,
    tenant TEXT NOT NULL,
    kind   TEXT NOT NULL,
    key    TEXT NOT NULL,
    UNIQUE (tenant, kind, key)
) STRICT;

-- A resource is a document as clients read it, and what only the sandbox keeps of it (JSON, or nothing).
-- What it is looked up by is kept beside it. Places are given out by a counter, and so never twice.
CREATE TABLE resources (
    seq    INTEGER PRIMARY KEY,
    space  INTEGER NOT NULL,
    id     TEXT NOT NULL,
    body   TEXT NOT NULL,
    facts  TEXT,
    UNIQUE (space, id)
) STRICT;
CREATE INDEX resources_in_order ON resources (space, seq);

CREATE TABLE resource_keys (
    space  INTEGER NOT NULL,
    value  TEXT NOT NULL,
    seq    INTEGER NOT NULL,
    PRIMARY KEY (space, value, seq)
) STRICT, WITHOUT ROWID;

-- The ledger: one row for each side of each posting, never changed. Amounts are minor units,
-- credits positive, debits negative; the sum over a transaction, and so over the whole table, is 0.
CREATE TABLE entries (
    tenant         TEXT NOT NULL,
    account_id     TEXT NOT NULL,
    seq            INTEGER NOT NULL,
    transaction_id TEXT NOT NULL,
    amount         INTEGER NOT NULL,
    -- The account's balance after this row: a checkpoint of the sum, written once.
    balance        INTEGER NOT NULL,
    -- The bank's day that it counts for (statements), and the day that it works from (interest):
    -- what happens when the bank is closed counts for its next day.
    posted_day     TEXT NOT NULL,
    effective_day  TEXT NOT NULL CHECK (effective_day <= posted_day),
    PRIMARY KEY (tenant, account_id, seq)
) STRICT, WITHOUT ROWID;
CREATE INDEX entries_by_posted_day ON entries (tenant, account_id, posted_day);
CREATE TRIGGER entries_never_change BEFORE UPDATE ON entries
BEGIN
    SELECT RAISE(ABORT, 'the ledger is append-only');
END;

-- Money set aside; a hold ends exactly once.
CREATE TABLE holds (
    id         TEXT NOT NULL PRIMARY KEY,
    tenant     TEXT NOT NULL,
    account_id TEXT NOT NULL,
    amount     INTEGER NOT NULL CHECK (amount >= 0),
    is_open    INTEGER NOT NULL CHECK (is_open IN (0, 1))
) STRICT;
CREATE INDEX holds_open ON holds (tenant, account_id) WHERE is_open = 1;

-- The first finished answer to each idempotency key.
CREATE TABLE answers (
    tenant      TEXT NOT NULL,
    key         TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    status      INTEGER NOT NULL,
    body        TEXT,
    expires_at  INTEGER NOT NULL,
    PRIMARY KEY (tenant, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX answers_by_expiry ON answers (expires_at);

-- What happens by the clock, in order.
CREATE TABLE jobs (
    seq     INTEGER PRIMARY KEY AUTOINCREMENT,
    tenant  TEXT NOT NULL,
    due_at  INTEGER NOT NULL,
    kind    TEXT NOT NULL,
    subject TEXT NOT NULL
) STRICT;
CREATE INDEX jobs_by_due ON jobs (due_at, seq);

-- Events on their way to a subscriber; a row goes when the event arrived or was given up.
CREATE TABLE deliveries (
    seq        INTEGER PRIMARY KEY AUTOINCREMENT,
    tenant     TEXT NOT NULL,
    webhook_id TEXT NOT NULL,
    event_id   TEXT NOT NULL,
    -- The resource; events about the same one may have to keep their order.
    subject    TEXT NOT NULL,
    due_at     INTEGER NOT NULL,
    -- When it was first to be sent.
    begun_at   INTEGER NOT NULL,
    attempts   INTEGER NOT NULL,
    -- How often it is still to arrive.
    copies     INTEGER NOT NULL
) STRICT;
CREATE INDEX deliveries_by_due ON deliveries (due_at, seq);
CREATE INDEX deliveries_by_subject ON deliveries (tenant, webhook_id, subject, seq);

CREATE TABLE counters (
    name  TEXT NOT NULL PRIMARY KEY,
    value INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Secrets of the sandbox itself, such as the key of its page tokens.
CREATE TABLE secrets (
    name  TEXT NOT NULL PRIMARY KEY,
    value BLOB NOT NULL
) STRICT, WITHOUT ROWID;
