-- Callers' references by their text first. Those of one caller mostly grow, and so do those of all
-- together; a place to grow in for each caller wrote a page or two for each of them in every batch.

CREATE TABLE named (
    caller          INTEGER NOT NULL,
    reference       TEXT    NOT NULL,
    transaction_key INTEGER,          -- set: it made this transaction
    refused         TEXT,             -- set: JSON {asked, refusal}; refusal null where the same
                                      -- request may be decided again
    PRIMARY KEY (reference, caller)
) STRICT, WITHOUT ROWID;

INSERT INTO named (caller, reference, transaction_key, refused)
SELECT caller, reference, transaction_key, refused FROM caller_references
ORDER BY reference, caller;

DROP TABLE caller_references;
ALTER TABLE named RENAME TO caller_references;
