-- What people think of items and outfits, by their taps. Times are microseconds since 1970, UTC.

-- person: "user:3", or "device:ID" for somebody without an account. target_kind: "item", "outfit", "garment", "piece" or
-- "result"; target names it. event_key: '' for a signal that a person gives a target once, otherwise the key of one of
-- several, such as each wear of a garment. value: of a rating. context is a JSON object, or ''.
CREATE TABLE feedback (
  id {identity},
  person TEXT NOT NULL,
  target_kind TEXT NOT NULL,
  target TEXT NOT NULL,
  signal TEXT NOT NULL,
  event_key TEXT NOT NULL,
  value DOUBLE PRECISION,
  context TEXT NOT NULL,
  given_at BIGINT NOT NULL
);
CREATE INDEX feedback_person ON feedback (person, id);
CREATE UNIQUE INDEX feedback_once ON feedback (person, target_kind, target, signal) WHERE event_key = '';
CREATE UNIQUE INDEX feedback_key ON feedback (person, event_key) WHERE event_key <> '';

-- Who has given feedback. revision grows with each change of a person's feedback, over the person's removal too.
CREATE TABLE feedback_people (
  person TEXT NOT NULL PRIMARY KEY,
  revision BIGINT NOT NULL
);
