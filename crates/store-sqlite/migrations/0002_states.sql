-- Where the life of a transaction stands goes into a table of its own. `transactions` has had both.

-- Where the life of each transaction stands: one short row for each row of `transactions`, so that an
-- answer or a Settle writes few pages, and a row that grows never splits a page of long ones.
CREATE TABLE transaction_states (
    key                      INTEGER PRIMARY KEY, -- the transaction's
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

INSERT INTO transaction_states (
    key, state, reserved_at, code, message, settled, fps_fee, marketplace_fee, caller_held,
    refunded, marketplace_refunded, fps_fee_returned, marketplace_fee_returned, release, events,
    postings, settle_mark, cancel_mark, completed_at, notify_url
) SELECT
    key, state, reserved_at, code, message, settled, fps_fee, marketplace_fee, caller_held,
    refunded, marketplace_refunded, fps_fee_returned, marketplace_fee_returned, release, events,
    postings, settle_mark, cancel_mark, completed_at, notify_url
FROM transactions;

-- Payments, reservations and refunds. Never changed: where the life of each stands is in
-- `transaction_states`.
CREATE TABLE facts (
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
    details                  TEXT    NOT NULL   -- JSON: asked, fee_lines; of Pay and Reserve the amount
                                                -- and the sender token's id are left out of asked when
                                                -- they are those of `amount` and `sender_token`
) STRICT;

INSERT INTO facts (
    key, nonce, operation, method, caller, sender, recipient, sender_token, recipient_token,
    instrument, tally, parent, currency, amount, received_at, reference, caller_date, timeout_at,
    fee_payer, marketplace_fixed, marketplace_rate, details
) SELECT
    key, nonce, operation, method, caller, sender, recipient, sender_token, recipient_token,
    instrument, tally, parent, currency, amount, received_at, reference, caller_date, timeout_at,
    fee_payer, marketplace_fixed, marketplace_rate, details
FROM transactions;
DROP TABLE transactions;
ALTER TABLE facts RENAME TO transactions;
