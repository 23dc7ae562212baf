-- The first schema. Forward only: what is released is never edited, the next change is 0002.
--
-- Conventions, for everybody who reads these tables with their own SQL:
--   * a key is 63 bits: 42 of milliseconds since 1970, 10 of lane, 11 of counter; it grows;
--   * a moment is milliseconds since 1970 in UTC; product time unless a comment says real time;
--   * an amount is whole micro-units (a millionth of the main unit) of the row's `currency`;
--   * a flag is 0 or 1;
--   * JSON is compact, as serde writes the types of the crate `payments`; an amount in JSON is
--     [micro-units, "USD"].
-- Columns that never change after the row was inserted stand first, under "fixed".

-- Who takes part: callers, senders, recipients.
CREATE TABLE accounts (
    key            INTEGER PRIMARY KEY,
    kind           INTEGER NOT NULL,  -- 1 personal, 2 business, 3 developer
    name           TEXT    NOT NULL,
    email          TEXT    NOT NULL,  -- lower case; empty for an account that cannot sign in
    email_verified INTEGER NOT NULL,  -- flag
    status         INTEGER NOT NULL,  -- 1 active, 2 suspended, 3 closed
    marketplace    INTEGER NOT NULL,  -- flag
    ipn_url        TEXT,
    return_origins TEXT    NOT NULL,  -- JSON: a list of texts
    descriptor     TEXT,
    password_hash  TEXT,
    webhook_secret BLOB,              -- sealed by the vault
    created_at     INTEGER NOT NULL,
    verification   INTEGER NOT NULL   -- 1 pending, 2 complete, 3 without limits
) STRICT;

-- Accounts by e-mail address.
CREATE TABLE emails (
    email   TEXT    NOT NULL PRIMARY KEY,
    account INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- What signs a caller's requests.
CREATE TABLE access_keys (
    id            TEXT    NOT NULL PRIMARY KEY,
    account       INTEGER NOT NULL,
    sealed_secret BLOB    NOT NULL,
    active        INTEGER NOT NULL,   -- flag
    created_at    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX access_keys_by_account ON access_keys (account);

-- What a caller's messages are signed under, by the SHA-256 of its bytes.
CREATE TABLE certificates (
    fingerprint   BLOB    NOT NULL PRIMARY KEY,
    account       INTEGER NOT NULL,
    der           BLOB    NOT NULL,
    active        INTEGER NOT NULL,   -- flag
    created_at    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX certificates_by_account ON certificates (account);

-- Cards and bank accounts.
CREATE TABLE instruments (
    key            INTEGER PRIMARY KEY,
    account        INTEGER NOT NULL,
    kind           INTEGER NOT NULL,  -- 1 card, 2 bank account
    last_four      TEXT    NOT NULL,
    name           TEXT    NOT NULL,  -- of the holder
    brand          TEXT,              -- this and the next two: set exactly for a card
    expiry_month   INTEGER,
    expiry_year    INTEGER,
    routing_number TEXT,              -- this and the next: set exactly for a bank account
    verified       INTEGER,           -- flag
    sealed_number  BLOB    NOT NULL,  -- sealed by the vault
    removed        INTEGER NOT NULL,  -- flag
    created_at     INTEGER NOT NULL
) STRICT;
CREATE INDEX instruments_by_account ON instruments (account);

-- Standing consents and acceptances. Never changed: what changes is in `token_uses`.
CREATE TABLE tokens (
    key       INTEGER PRIMARY KEY,
    nonce     BLOB    NOT NULL,       -- 31 random bytes of the public id
    account   INTEGER NOT NULL,       -- whose consent
    installer INTEGER NOT NULL,       -- the caller it was given to
    facts     TEXT    NOT NULL        -- JSON: what was agreed
) STRICT;
CREATE INDEX tokens_by_account ON tokens (account);

-- Where each token stands, with the use of its limits: one short row for each row of `tokens`, so that
-- the tokens of many payments at a time share a few pages.
CREATE TABLE token_uses (
    key       INTEGER PRIMARY KEY,     -- the token's
    status    INTEGER NOT NULL,        -- 1 active, 2 used, 3 cancelled, 4 replaced
    used      INTEGER NOT NULL,        -- amount moved or reserved so far
    currency  TEXT    NOT NULL,        -- of `used`
    uses      INTEGER NOT NULL,
    windows   TEXT    NOT NULL,        -- JSON: the use of each limit, in the order of the limits
    used_at   INTEGER,                 -- when it was last used
    successor INTEGER                 -- set exactly in status 4: the token that took over
) STRICT;

-- Tokens by the reference they were made under.
CREATE TABLE token_references (
    installer INTEGER NOT NULL,
    role      INTEGER NOT NULL,       -- 1 sender, 2 recipient, 3 refund, 4 funding,
                                      -- 5 settlement, 6 caller
    reference TEXT    NOT NULL,
    token     INTEGER NOT NULL,
    PRIMARY KEY (installer, role, reference)
) STRICT, WITHOUT ROWID;

-- Prepaid and credit instruments: what a sender has paid ahead to one recipient, or owes it.
CREATE TABLE tallies (
    -- fixed
    key            INTEGER PRIMARY KEY,
    nonce          BLOB    NOT NULL,  -- 31 random bytes of the public id
    kind           INTEGER NOT NULL,  -- 1 prepaid, 2 credit
    sender         INTEGER NOT NULL,
    recipient      INTEGER NOT NULL,
    currency       TEXT    NOT NULL,  -- of every amount in this row
    max            INTEGER NOT NULL,  -- amount: bound of balance and pending together
    spending_token INTEGER NOT NULL,
    installed_at   INTEGER NOT NULL,
    valid_from     INTEGER NOT NULL,
    expires_at     INTEGER NOT NULL,
    -- changing
    moving_token   INTEGER NOT NULL,  -- funds it, or settles it
    balance        INTEGER NOT NULL,  -- amount: can be spent, or is owed and not being settled
    pending        INTEGER NOT NULL   -- amount: being funded, or being settled
) STRICT;
CREATE INDEX tallies_by_recipient ON tallies (recipient, kind);
CREATE INDEX tallies_by_sender ON tallies (sender);

-- Plans that are charged by themselves.
CREATE TABLE subscriptions (
    -- fixed
    key        INTEGER PRIMARY KEY,
    nonce      BLOB    NOT NULL,      -- 13 random bytes of the public id
    caller     INTEGER NOT NULL,
    sender     INTEGER NOT NULL,
    token      INTEGER NOT NULL,
    plan       TEXT    NOT NULL,      -- JSON: description, amounts, frequency, period
    starts_at  INTEGER NOT NULL,
    notify_url TEXT,
    -- changing
    status     INTEGER NOT NULL,      -- 1 active, 2 cancelled, 3 completed
    charges    INTEGER NOT NULL,      -- made so far, failed ones too
    last       INTEGER,               -- the transaction of the last charge
    next_at    INTEGER                -- when the next one is due
) STRICT;
CREATE INDEX subscriptions_by_caller ON subscriptions (caller);
CREATE INDEX subscriptions_by_sender ON subscriptions (sender);

-- Payments, reservations and refunds: where the life of each stands.
CREATE TABLE transactions (
    -- fixed
    key                      INTEGER PRIMARY KEY,
    nonce                    BLOB    NOT NULL,  -- 13 random bytes of the public id
    operation                INTEGER NOT NULL,  -- 1 pay, 2 reserve, 4 refund,
                                                -- 5 fund prepaid, 6 settle debt,
                                                -- 7 write off debt
    method                   INTEGER NOT NULL,  -- 1 card, 2 bank, 3 balance, 4 debt, 5 prepaid
    caller                   INTEGER NOT NULL,
    sender                   INTEGER NOT NULL,
    recipient                INTEGER NOT NULL,
    sender_token             INTEGER,
    recipient_token          INTEGER,
    instrument               INTEGER,
    tally                    INTEGER,           -- the prepaid or credit instrument it changes
    parent                   INTEGER,           -- the transaction that a refund refunds
    currency                 TEXT    NOT NULL,  -- of every amount in this row
    amount                   INTEGER NOT NULL,  -- asked for
    received_at              INTEGER NOT NULL,
    reference                TEXT    NOT NULL,  -- the caller's
    caller_date              INTEGER NOT NULL,  -- the time on the caller's request
    timeout_at               INTEGER NOT NULL,  -- when authorising is given up
    fee_payer                INTEGER NOT NULL,  -- of the provider's fee: 1 caller, 2 recipient
    marketplace_fixed        INTEGER NOT NULL,  -- amount: the fixed part of the caller's fee
    marketplace_rate         INTEGER NOT NULL,  -- millionths: the caller's share
    details                  TEXT    NOT NULL,  -- JSON: asked, fee_lines
    -- changing
    state                    INTEGER NOT NULL,  -- 1 authorising, 2 reserved, 3 capturing,
                                                -- 4 refunding, 5 succeeded, 6 failed, 7 cancelled
    reserved_at              INTEGER,           -- set exactly in state 2: since when
    code                     INTEGER NOT NULL,  -- 1 pending network response,
                                                -- 2 pending verification, 3 success, 4 canceled,
                                                -- 5 expired, 6 transaction denied
    message                  TEXT,              -- the processor's own words
    settled                  INTEGER NOT NULL,  -- amount: what is charged in the end, else 0
    fps_fee                  INTEGER NOT NULL,  -- amount
    marketplace_fee          INTEGER NOT NULL,  -- amount
    caller_held              INTEGER NOT NULL,  -- amount: of the caller's money, for the fee
    refunded                 INTEGER NOT NULL,  -- amount: to the sender, refunds under way too
    marketplace_refunded     INTEGER NOT NULL,  -- amount: part whose marketplace fee went back
    fps_fee_returned         INTEGER NOT NULL,  -- amount
    marketplace_fee_returned INTEGER NOT NULL,  -- amount
    release                  INTEGER NOT NULL,  -- 0 nothing to release, 1 owed, 2 done
    events                   INTEGER NOT NULL,  -- rows in `events`
    postings                 INTEGER NOT NULL,  -- rows in `postings`
    settle_mark              BLOB,              -- 16 bytes: digest of the request that settled
    cancel_mark              BLOB,              -- 16 bytes: digest of the request that cancelled
    completed_at             INTEGER,
    notify_url               TEXT               -- instead of the account's own
) STRICT;

-- What each caller reference was used for, for ever.
CREATE TABLE caller_references (
    caller          INTEGER NOT NULL,
    reference       TEXT    NOT NULL,
    transaction_key INTEGER,          -- set: it made this transaction
    refused         TEXT,             -- set: JSON {asked, refusal}; refusal null where the same
                                      -- request may be decided again
    PRIMARY KEY (caller, reference)
) STRICT, WITHOUT ROWID;

-- Every step in the life of a transaction. Never changed.
CREATE TABLE events (
    transaction_key INTEGER NOT NULL,
    number          INTEGER NOT NULL, -- 1 is the first
    at              INTEGER NOT NULL,
    operation       INTEGER NOT NULL, -- as in `transactions`, and 3 settle
    status          INTEGER NOT NULL, -- 1 pending, 2 reserved, 3 success, 4 failure, 5 cancelled
    code            INTEGER NOT NULL, -- as in `transactions`
    amount          INTEGER NOT NULL,
    currency        TEXT    NOT NULL,
    message         TEXT,
    PRIMARY KEY (transaction_key, number)
) STRICT, WITHOUT ROWID;

-- Every movement of money and of holds: `amount` leaves the debit side and reaches the credit side.
-- Never changed.
CREATE TABLE postings (
    transaction_key INTEGER NOT NULL,
    line            INTEGER NOT NULL, -- 1 is the first of a transaction
    event           INTEGER NOT NULL, -- the number of the event that made it
    reason          INTEGER NOT NULL, -- 1 held, 2 settled, 3 cancelled, 4 expired, 5 failed,
                                      -- 6 pending, 7 arrived, 8 charged, 9 fps fee,
                                      -- 10 marketplace fee, 11 refunded, 12 funded,
                                      -- 13 written off
    layer           INTEGER NOT NULL, -- 0 money, 1 hold, 2 claim
    debit_kind      INTEGER NOT NULL, -- 1 processor clearing, 2 incoming, 3 outgoing, 4 fps fees,
                                      -- 5 funding, 6 authorised, 16 available, 17 pending in,
                                      -- 18 pending out, 19 held, 20 prepaid,
                                      -- 21 prepaid pending, 22 liability, 23 debt,
                                      -- 24 debt pending, 25 receivable
    debit_owner     INTEGER NOT NULL, -- an account's key, or a tally's for 20, 21, 23, 24;
                                      -- 0 is the provider
    credit_kind     INTEGER NOT NULL,
    credit_owner    INTEGER NOT NULL,
    amount          INTEGER NOT NULL,
    currency        TEXT    NOT NULL,
    PRIMARY KEY (transaction_key, line)
) STRICT, WITHOUT ROWID;

-- Which transaction refunds which.
CREATE TABLE relations (
    parent INTEGER NOT NULL,
    child  INTEGER NOT NULL,
    PRIMARY KEY (parent, child)
) STRICT, WITHOUT ROWID;

-- What an account has, per lane; the balance is the sum over its lanes. In micro-units; a lane's
-- part may be below zero.
CREATE TABLE balances (
    account     INTEGER NOT NULL,
    lane        INTEGER NOT NULL,
    available   INTEGER NOT NULL,
    pending_in  INTEGER NOT NULL,
    pending_out INTEGER NOT NULL,
    PRIMARY KEY (account, lane)
) STRICT, WITHOUT ROWID;

-- What must happen later. Deleted when done.
CREATE TABLE works (
    due          INTEGER NOT NULL,    -- 9223372036854775807: parked for a person
    key          INTEGER NOT NULL,
    kind         INTEGER NOT NULL,    -- 1 authorize, 2 capture, 3 void, 4 refund, 5 time out,
                                      -- 6 deadline, 7 notify, 8 charge
    subject      INTEGER NOT NULL,    -- the key of the transaction; of the notification for kind 7,
                                      -- of the subscription for kind 8
    tries        INTEGER NOT NULL,
    since        INTEGER NOT NULL,    -- real time: when it was first written
    leased_until INTEGER NOT NULL,    -- real time: until then a node has it to itself
    PRIMARY KEY (due, key)
) STRICT, WITHOUT ROWID;

-- Messages to callers. Written only where somebody listens, so its indexes cost nobody else.
CREATE TABLE notifications (
    -- fixed
    key             INTEGER PRIMARY KEY,
    account         INTEGER NOT NULL,
    url             TEXT    NOT NULL,
    certificate     TEXT    NOT NULL,
    subject         TEXT    NOT NULL, -- JSON: what happened
    transaction_key INTEGER,          -- the transaction it is about, if it is about one
    event           INTEGER,          -- the number of the event it is about
    created_at      INTEGER NOT NULL,
    -- changing
    delivery        INTEGER NOT NULL, -- 1 due, 2 delivered, 3 parked
    tries           INTEGER NOT NULL
) STRICT;
CREATE INDEX notifications_by_transaction ON notifications (transaction_key, event)
    WHERE transaction_key IS NOT NULL;
CREATE INDEX notifications_by_account ON notifications (account, key);

-- Tries to deliver a notification. Never changed.
CREATE TABLE attempts (
    notification INTEGER NOT NULL,
    number       INTEGER NOT NULL,    -- 1 is the first
    at           INTEGER NOT NULL,
    took_ms      INTEGER NOT NULL,
    http_status  INTEGER,
    problem      TEXT,
    PRIMARY KEY (notification, number)
) STRICT, WITHOUT ROWID;

-- Sessions and visits of the pages: no part of the books.
CREATE TABLE documents (
    kind       TEXT    NOT NULL,
    id         TEXT    NOT NULL,
    content    TEXT    NOT NULL,      -- JSON
    expires_at INTEGER NOT NULL,      -- real time
    PRIMARY KEY (kind, id)
) STRICT, WITHOUT ROWID;

-- Named values: `mode` (sandbox or production), `clock-offset-ms`, cursors.
CREATE TABLE settings (
    name  TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- One row a commit. Numbers are dense in each lane.
CREATE TABLE batches (
    lane      INTEGER NOT NULL,
    number    INTEGER NOT NULL,       -- 1 is the first
    first_key INTEGER NOT NULL,       -- of the keys allotted to it
    last_key  INTEGER NOT NULL,
    digest    BLOB    NOT NULL,       -- SHA-256 of the digest before it and its changes
    touched   BLOB    NOT NULL,       -- keys of transactions written: each the distance from the
                                      -- one before, seven bits a byte, low bits first
    PRIMARY KEY (lane, number)
) STRICT, WITHOUT ROWID;

-- Who took part in which transaction. Filled behind by a follower, up to the key in the setting
-- `activity-followed`; can be emptied and filled again at any time.
CREATE TABLE activity (
    account         INTEGER NOT NULL,
    transaction_key INTEGER NOT NULL,
    PRIMARY KEY (account, transaction_key)
) STRICT, WITHOUT ROWID;
