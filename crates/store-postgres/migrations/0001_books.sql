-- The first schema. Forward only: what is released is never edited, the next change is 0002.
--
-- Plain tables, primary keys and a few indexes: nothing that an engine which speaks PostgreSQL's
-- protocol lacks. No sequence, no trigger, no foreign key, no default.
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
    key            BIGINT PRIMARY KEY,
    kind           SMALLINT NOT NULL, -- 1 personal, 2 business, 3 developer
    name           TEXT    NOT NULL,
    email          TEXT    NOT NULL,  -- lower case; empty for an account that cannot sign in
    email_verified SMALLINT NOT NULL, -- flag
    status         SMALLINT NOT NULL, -- 1 active, 2 suspended, 3 closed
    marketplace    SMALLINT NOT NULL, -- flag
    ipn_url        TEXT,
    return_origins TEXT    NOT NULL,  -- JSON: a list of texts
    descriptor     TEXT,
    password_hash  TEXT,
    webhook_secret BYTEA,              -- sealed by the vault
    created_at     BIGINT NOT NULL,
    verification   SMALLINT NOT NULL  -- 1 pending, 2 complete, 3 without limits
);

-- Accounts by e-mail address.
CREATE TABLE emails (
    email   TEXT    NOT NULL PRIMARY KEY,
    account BIGINT NOT NULL
);

-- What signs a caller's requests.
CREATE TABLE access_keys (
    id            TEXT    NOT NULL PRIMARY KEY,
    account       BIGINT NOT NULL,
    sealed_secret BYTEA   NOT NULL,
    active        SMALLINT NOT NULL,  -- flag
    created_at    BIGINT NOT NULL
);
CREATE INDEX access_keys_by_account ON access_keys (account);

-- What a caller's messages are signed under, by the SHA-256 of its bytes.
CREATE TABLE certificates (
    fingerprint   BYTEA   NOT NULL PRIMARY KEY,
    account       BIGINT NOT NULL,
    der           BYTEA   NOT NULL,
    active        SMALLINT NOT NULL,  -- flag
    created_at    BIGINT NOT NULL
);
CREATE INDEX certificates_by_account ON certificates (account);

-- Cards and bank accounts.
CREATE TABLE instruments (
    key            BIGINT PRIMARY KEY,
    account        BIGINT NOT NULL,
    kind           SMALLINT NOT NULL, -- 1 card, 2 bank account
    last_four      TEXT    NOT NULL,
    name           TEXT    NOT NULL,  -- of the holder
    brand          TEXT,              -- this and the next two: set exactly for a card
    expiry_month   SMALLINT,
    expiry_year    INTEGER,
    routing_number TEXT,              -- this and the next: set exactly for a bank account
    verified       SMALLINT,          -- flag
    sealed_number  BYTEA   NOT NULL,  -- sealed by the vault
    removed        SMALLINT NOT NULL, -- flag
    created_at     BIGINT NOT NULL
);
CREATE INDEX instruments_by_account ON instruments (account);

-- Standing consents and acceptances, with the use of their limits.
CREATE TABLE tokens (
    -- fixed
    key       BIGINT PRIMARY KEY,
    nonce     BYTEA   NOT NULL,       -- 31 random bytes of the public id
    account   BIGINT NOT NULL,        -- whose consent
    installer BIGINT NOT NULL,        -- the caller it was given to
    facts     TEXT    NOT NULL,       -- JSON: what was agreed
    -- changing
    status    SMALLINT NOT NULL,      -- 1 active, 2 used, 3 cancelled, 4 replaced
    used      BIGINT NOT NULL,        -- amount moved or reserved so far
    currency  TEXT    NOT NULL,       -- of `used`
    uses      BIGINT NOT NULL,
    windows   TEXT    NOT NULL,       -- JSON: the use of each limit, in the order of the limits
    used_at   BIGINT,                 -- when it was last used
    successor BIGINT                  -- set exactly in status 4: the token that took over
);
CREATE INDEX tokens_by_account ON tokens (account);

-- Tokens by the reference they were made under.
CREATE TABLE token_references (
    installer BIGINT NOT NULL,
    role      SMALLINT NOT NULL,      -- 1 sender, 2 recipient, 3 refund, 4 funding,
                                      -- 5 settlement, 6 caller
    reference TEXT    NOT NULL,
    token     BIGINT NOT NULL,
    PRIMARY KEY (installer, role, reference)
);

-- Prepaid and credit instruments: what a sender has paid ahead to one recipient, or owes it.
CREATE TABLE tallies (
    -- fixed
    key            BIGINT PRIMARY KEY,
    nonce          BYTEA   NOT NULL,  -- 31 random bytes of the public id
    kind           SMALLINT NOT NULL, -- 1 prepaid, 2 credit
    sender         BIGINT NOT NULL,
    recipient      BIGINT NOT NULL,
    currency       TEXT    NOT NULL,  -- of every amount in this row
    max            BIGINT NOT NULL,   -- amount: bound of balance and pending together
    spending_token BIGINT NOT NULL,
    installed_at   BIGINT NOT NULL,
    valid_from     BIGINT NOT NULL,
    expires_at     BIGINT NOT NULL,
    -- changing
    moving_token   BIGINT NOT NULL,   -- funds it, or settles it
    balance        BIGINT NOT NULL,   -- amount: can be spent, or is owed and not being settled
    pending        BIGINT NOT NULL    -- amount: being funded, or being settled
);
CREATE INDEX tallies_by_recipient ON tallies (recipient, kind);
CREATE INDEX tallies_by_sender ON tallies (sender);

-- Plans that are charged by themselves.
CREATE TABLE subscriptions (
    -- fixed
    key        BIGINT PRIMARY KEY,
    nonce      BYTEA   NOT NULL,      -- 13 random bytes of the public id
    caller     BIGINT NOT NULL,
    sender     BIGINT NOT NULL,
    token      BIGINT NOT NULL,
    plan       TEXT    NOT NULL,      -- JSON: description, amounts, frequency, period
    starts_at  BIGINT NOT NULL,
    notify_url TEXT,
    -- changing
    status     SMALLINT NOT NULL,     -- 1 active, 2 cancelled, 3 completed
    charges    BIGINT NOT NULL,       -- made so far, failed ones too
    last       BIGINT,                -- the transaction of the last charge
    next_at    BIGINT                 -- when the next one is due
);
CREATE INDEX subscriptions_by_caller ON subscriptions (caller);
CREATE INDEX subscriptions_by_sender ON subscriptions (sender);

-- Payments, reservations and refunds: where the life of each stands.
CREATE TABLE transactions (
    -- fixed
    key                      BIGINT PRIMARY KEY,
    nonce                    BYTEA   NOT NULL,  -- 13 random bytes of the public id
    operation                SMALLINT NOT NULL, -- 1 pay, 2 reserve, 4 refund,
                                                -- 5 fund prepaid, 6 settle debt,
                                                -- 7 write off debt
    method                   SMALLINT NOT NULL, -- 1 card, 2 bank, 3 balance, 4 debt, 5 prepaid
    caller                   BIGINT NOT NULL,
    sender                   BIGINT NOT NULL,
    recipient                BIGINT NOT NULL,
    sender_token             BIGINT,
    recipient_token          BIGINT,
    instrument               BIGINT,
    tally                    BIGINT,            -- the prepaid or credit instrument it changes
    parent                   BIGINT,            -- the transaction that a refund refunds
    currency                 TEXT    NOT NULL,  -- of every amount in this row
    amount                   BIGINT NOT NULL,   -- asked for
    received_at              BIGINT NOT NULL,
    reference                TEXT    NOT NULL,  -- the caller's
    caller_date              BIGINT NOT NULL,   -- the time on the caller's request
    timeout_at               BIGINT NOT NULL,   -- when authorising is given up
    fee_payer                SMALLINT NOT NULL, -- of the provider's fee: 1 caller, 2 recipient
    marketplace_fixed        BIGINT NOT NULL,   -- amount: the fixed part of the caller's fee
    marketplace_rate         BIGINT NOT NULL,   -- millionths: the caller's share
    details                  TEXT    NOT NULL,  -- JSON: asked, fee_lines
    -- changing
    state                    SMALLINT NOT NULL, -- 1 authorising, 2 reserved, 3 capturing,
                                                -- 4 refunding, 5 succeeded, 6 failed, 7 cancelled
    reserved_at              BIGINT,            -- set exactly in state 2: since when
    code                     SMALLINT NOT NULL, -- 1 pending network response,
                                                -- 2 pending verification, 3 success, 4 canceled,
                                                -- 5 expired, 6 transaction denied
    message                  TEXT,              -- the processor's own words
    settled                  BIGINT NOT NULL,   -- amount: what is charged in the end, else 0
    fps_fee                  BIGINT NOT NULL,   -- amount
    marketplace_fee          BIGINT NOT NULL,   -- amount
    caller_held              BIGINT NOT NULL,   -- amount: of the caller's money, for the fee
    refunded                 BIGINT NOT NULL,   -- amount: to the sender, refunds under way too
    marketplace_refunded     BIGINT NOT NULL,   -- amount: part whose marketplace fee went back
    fps_fee_returned         BIGINT NOT NULL,   -- amount
    marketplace_fee_returned BIGINT NOT NULL,   -- amount
    release                  SMALLINT NOT NULL, -- 0 nothing to release, 1 owed, 2 done
    events                   INTEGER NOT NULL,  -- rows in `events`
    postings                 INTEGER NOT NULL,  -- rows in `postings`
    settle_mark              BYTEA,              -- 16 bytes: digest of the request that settled
    cancel_mark              BYTEA,              -- 16 bytes: digest of the request that cancelled
    completed_at             BIGINT,
    notify_url               TEXT               -- instead of the account's own
);

-- What each caller reference was used for, for ever.
CREATE TABLE caller_references (
    caller          BIGINT NOT NULL,
    reference       TEXT    NOT NULL,
    transaction_key BIGINT,           -- set: it made this transaction
    refused         TEXT,             -- set: JSON {asked, refusal}; refusal null where the same
                                      -- request may be decided again
    PRIMARY KEY (caller, reference)
);

-- Every step in the life of a transaction. Never changed.
CREATE TABLE events (
    transaction_key BIGINT NOT NULL,
    number          INTEGER NOT NULL, -- 1 is the first
    at              BIGINT NOT NULL,
    operation       SMALLINT NOT NULL, -- as in `transactions`, and 3 settle
    status          SMALLINT NOT NULL, -- 1 pending, 2 reserved, 3 success, 4 failure, 5 cancelled
    code            SMALLINT NOT NULL, -- as in `transactions`
    amount          BIGINT NOT NULL,
    currency        TEXT    NOT NULL,
    message         TEXT,
    PRIMARY KEY (transaction_key, number)
);

-- Every movement of money and of holds: `amount` leaves the debit side and reaches the credit side.
-- Never changed.
CREATE TABLE postings (
    transaction_key BIGINT NOT NULL,
    line            INTEGER NOT NULL, -- 1 is the first of a transaction
    event           INTEGER NOT NULL, -- the number of the event that made it
    reason          SMALLINT NOT NULL, -- 1 held, 2 settled, 3 cancelled, 4 expired, 5 failed,
                                      -- 6 pending, 7 arrived, 8 charged, 9 fps fee,
                                      -- 10 marketplace fee, 11 refunded, 12 funded,
                                      -- 13 written off
    layer           SMALLINT NOT NULL, -- 0 money, 1 hold, 2 claim
    debit_kind      SMALLINT NOT NULL, -- 1 processor clearing, 2 incoming, 3 outgoing, 4 fps fees,
                                      -- 5 funding, 6 authorised, 16 available, 17 pending in,
                                      -- 18 pending out, 19 held, 20 prepaid,
                                      -- 21 prepaid pending, 22 liability, 23 debt,
                                      -- 24 debt pending, 25 receivable
    debit_owner     BIGINT NOT NULL,  -- an account's key, or a tally's for 20, 21, 23, 24;
                                      -- 0 is the provider
    credit_kind     SMALLINT NOT NULL,
    credit_owner    BIGINT NOT NULL,
    amount          BIGINT NOT NULL,
    currency        TEXT    NOT NULL,
    PRIMARY KEY (transaction_key, line)
);

-- Which transaction refunds which.
CREATE TABLE relations (
    parent BIGINT NOT NULL,
    child  BIGINT NOT NULL,
    PRIMARY KEY (parent, child)
);

-- What an account has, per lane; the balance is the sum over its lanes. In micro-units; a lane's
-- part may be below zero.
CREATE TABLE balances (
    account     BIGINT NOT NULL,
    lane        INTEGER NOT NULL,
    available   BIGINT NOT NULL,
    pending_in  BIGINT NOT NULL,
    pending_out BIGINT NOT NULL,
    PRIMARY KEY (account, lane)
);

-- What must happen later. Deleted when done.
CREATE TABLE works (
    due          BIGINT NOT NULL,     -- 9223372036854775807: parked for a person
    key          BIGINT NOT NULL,
    kind         SMALLINT NOT NULL,   -- 1 authorize, 2 capture, 3 void, 4 refund, 5 time out,
                                      -- 6 deadline, 7 notify, 8 charge
    subject      BIGINT NOT NULL,     -- the key of the transaction; of the notification for kind 7,
                                      -- of the subscription for kind 8
    tries        BIGINT NOT NULL,
    since        BIGINT NOT NULL,     -- real time: when it was first written
    leased_until BIGINT NOT NULL,     -- real time: until then a node has it to itself
    PRIMARY KEY (due, key)
);

-- Messages to callers. Written only where somebody listens, so its indexes cost nobody else.
CREATE TABLE notifications (
    -- fixed
    key             BIGINT PRIMARY KEY,
    account         BIGINT NOT NULL,
    url             TEXT    NOT NULL,
    certificate     TEXT    NOT NULL,
    subject         TEXT    NOT NULL, -- JSON: what happened
    transaction_key BIGINT,           -- the transaction it is about, if it is about one
    event           INTEGER,          -- the number of the event it is about
    created_at      BIGINT NOT NULL,
    -- changing
    delivery        SMALLINT NOT NULL, -- 1 due, 2 delivered, 3 parked
    tries           BIGINT NOT NULL
);
CREATE INDEX notifications_by_transaction ON notifications (transaction_key, event)
    WHERE transaction_key IS NOT NULL;
CREATE INDEX notifications_by_account ON notifications (account, key);

-- Tries to deliver a notification. Never changed.
CREATE TABLE attempts (
    notification BIGINT NOT NULL,
    number       BIGINT NOT NULL,     -- 1 is the first
    at           BIGINT NOT NULL,
    took_ms      BIGINT NOT NULL,
    http_status  INTEGER,
    problem      TEXT,
    PRIMARY KEY (notification, number)
);

-- Sessions and visits of the pages: no part of the books.
CREATE TABLE documents (
    kind       TEXT    NOT NULL,
    id         TEXT    NOT NULL,
    content    TEXT    NOT NULL,      -- JSON
    expires_at BIGINT NOT NULL,       -- real time
    PRIMARY KEY (kind, id)
);

-- Named values: `mode` (sandbox or production), `clock-offset-ms`, cursors.
CREATE TABLE settings (
    name  TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
);

-- One row a commit. Numbers are dense in each lane.
CREATE TABLE batches (
    lane      INTEGER NOT NULL,
    number    BIGINT NOT NULL,        -- 1 is the first
    first_key BIGINT NOT NULL,        -- of the keys allotted to it
    last_key  BIGINT NOT NULL,
    digest    BYTEA   NOT NULL,       -- SHA-256 of the digest before it and its changes
    touched   BYTEA   NOT NULL,       -- keys of transactions written: each the distance from the
                                      -- one before, seven bits a byte, low bits first
    PRIMARY KEY (lane, number)
);

-- Who took part in which transaction. Filled behind by a follower, up to the batch in
-- `followed`; both can be emptied and are filled again.
CREATE TABLE activity (
    account         BIGINT NOT NULL,
    transaction_key BIGINT NOT NULL,
    PRIMARY KEY (account, transaction_key)
);

-- How far the follower of activity has come in each lane: the number of the last batch it has read.
CREATE TABLE followed (
    lane   INTEGER NOT NULL PRIMARY KEY,
    number BIGINT  NOT NULL
);

-- Who writes which lane. Numbers are dense from 0; a lane outlives its holder.
CREATE TABLE lanes (
    lane         INTEGER NOT NULL PRIMARY KEY,
    fence        BIGINT  NOT NULL,    -- grows with every holder
    holder       TEXT    NOT NULL,    -- the process: its release and a random name
    leased_until BIGINT  NOT NULL     -- real time
);
