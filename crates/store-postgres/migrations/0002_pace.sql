-- Which batch wrote a row last, by the first key of that batch: so a node may decide on a row that it
-- remembers, and writes it only if nobody else has since.
--
-- A node that does not know this step would leave the mark behind. There is no such release: the first
-- one that ever was has it.

ALTER TABLE tokens ADD COLUMN written_by BIGINT NOT NULL DEFAULT 0;
ALTER TABLE transactions ADD COLUMN written_by BIGINT NOT NULL DEFAULT 0;

-- Several transactions of one account in one part of a second are one row of the index: then `keys` has
-- all of them, the one in `transaction_key` too, which is the first.
ALTER TABLE activity ADD COLUMN keys BIGINT[];
