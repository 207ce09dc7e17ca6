-- Alerts are stored in batches, and searches that cannot be compared say so.

-- batch counts the batches of alerts that were stored. A process names the number that it has read, so that no batch is
-- stored twice where the position stays.
ALTER TABLE alert_matcher ADD COLUMN batch BIGINT NOT NULL DEFAULT 0;

-- problem: why the search cannot be compared with items until it is changed; '' for none. waiting_from: the search could
-- not be compiled for the time being, and the changes of the catalogue after this position are not compared with it yet;
-- NULL for none.
ALTER TABLE saved_searches ADD COLUMN problem TEXT NOT NULL DEFAULT '';
ALTER TABLE saved_searches ADD COLUMN waiting_from BIGINT;
CREATE INDEX saved_searches_waiting ON saved_searches (waiting_from) WHERE waiting_from IS NOT NULL;

-- An address has a recipient for each caller who has given it: each is confirmed by itself. identity is
-- "mail:ada@x.example key:7/ann" from now on.
CREATE INDEX alert_recipients_email ON alert_recipients (email) WHERE email <> '';
