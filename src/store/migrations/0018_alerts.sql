-- Saved searches and what they find. Times are microseconds since 1970, UTC.

-- Secrets that the catalogue makes itself, by name: of signed links, and of Web Push.
CREATE TABLE notification_keys (
  name TEXT NOT NULL PRIMARY KEY,
  value TEXT NOT NULL
);

-- Who gets alerts. identity: "user:3", or "mail:ada@x.example" for an address without an account. Mail is sent to a
-- confirmed address only, and to none whose paused_at is set: it refuses mail, or somebody has unsubscribed.
CREATE TABLE alert_recipients (
  id {identity},
  identity TEXT NOT NULL UNIQUE,
  user_id BIGINT,
  email TEXT NOT NULL,
  confirmed_at BIGINT,
  paused_at BIGINT,
  pause_reason TEXT NOT NULL,
  webhook_secret TEXT NOT NULL,
  created_at BIGINT NOT NULL
);

-- definition is JSON: the query as it was given and what to tell about. compiled and vectors are derived from it for the
-- vector space compiled_for; '' before. revision is that of alert_matcher at the latest change. Items with ids up to
-- after_item existed before the search and are not new to it.
CREATE TABLE saved_searches (
  id {identity},
  recipient_id BIGINT NOT NULL REFERENCES alert_recipients (id) ON DELETE CASCADE,
  created_by TEXT NOT NULL,
  name TEXT NOT NULL,
  definition TEXT NOT NULL,
  photo {blob},
  compiled TEXT NOT NULL,
  vectors {blob},
  compiled_for TEXT NOT NULL,
  revision BIGINT NOT NULL,
  after_item BIGINT NOT NULL,
  is_active BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);
CREATE INDEX saved_searches_revision ON saved_searches (revision);
CREATE INDEX saved_searches_recipient ON saved_searches (recipient_id);
CREATE INDEX saved_searches_creator ON saved_searches (created_by, id);

-- One row. position: the changes of the catalogue up to it are matched. revision grows with each change of a saved
-- search. holder is the process that matches, until held_until.
CREATE TABLE alert_matcher (
  id BIGINT NOT NULL PRIMARY KEY,
  position BIGINT NOT NULL,
  revision BIGINT NOT NULL,
  holder TEXT NOT NULL,
  held_until BIGINT NOT NULL
);
INSERT INTO alert_matcher (id, position, revision, holder, held_until) VALUES (1, 0, 0, '', 0);

-- What a recipient is told. event: "new", "price_down" or "restock". state_since: when the item got the state that is
-- told (item_history), by which the recipient is told once of each.
CREATE TABLE alerts (
  id {identity},
  recipient_id BIGINT NOT NULL REFERENCES alert_recipients (id) ON DELETE CASCADE,
  item_id BIGINT NOT NULL,
  event TEXT NOT NULL,
  price DOUBLE PRECISION,
  old_price DOUBLE PRECISION,
  currency TEXT NOT NULL,
  state_since BIGINT NOT NULL,
  created_at BIGINT NOT NULL
);
CREATE INDEX alerts_item ON alerts (item_id, recipient_id);
CREATE INDEX alerts_recipient ON alerts (recipient_id);
CREATE INDEX alerts_age ON alerts (created_at);

-- The saved searches that an alert is of.
CREATE TABLE alert_searches (
  search_id BIGINT NOT NULL REFERENCES saved_searches (id) ON DELETE CASCADE,
  alert_id BIGINT NOT NULL REFERENCES alerts (id) ON DELETE CASCADE,
  PRIMARY KEY (search_id, alert_id)
);
CREATE INDEX alert_searches_alert ON alert_searches (alert_id);

-- An alert on its way by a channel: "email", "push", "webhook URL" or "ntfy URL". state: "pending", "delivered",
-- "failed" or "dropped". claimed_by is the job that delivers it, 0 before.
CREATE TABLE alert_deliveries (
  alert_id BIGINT NOT NULL REFERENCES alerts (id) ON DELETE CASCADE,
  recipient_id BIGINT NOT NULL,
  channel TEXT NOT NULL,
  search_id BIGINT NOT NULL,
  due_at BIGINT NOT NULL,
  state TEXT NOT NULL,
  claimed_by BIGINT NOT NULL,
  ended_at BIGINT,
  PRIMARY KEY (alert_id, channel)
);
CREATE INDEX alert_deliveries_pending ON alert_deliveries (recipient_id, channel, due_at) WHERE state = 'pending';
CREATE INDEX alert_deliveries_claimed ON alert_deliveries (claimed_by) WHERE claimed_by <> 0;

-- The browsers of a recipient (RFC 8030). Keys are in base64 for URLs.
CREATE TABLE push_subscriptions (
  id {identity},
  recipient_id BIGINT NOT NULL REFERENCES alert_recipients (id) ON DELETE CASCADE,
  endpoint TEXT NOT NULL UNIQUE,
  p256dh TEXT NOT NULL,
  auth TEXT NOT NULL,
  created_at BIGINT NOT NULL
);
CREATE INDEX push_subscriptions_recipient ON push_subscriptions (recipient_id);

-- The messages that were sent to a recipient lately, for the rate limit.
CREATE TABLE sent_messages (
  id {identity},
  recipient_id BIGINT NOT NULL REFERENCES alert_recipients (id) ON DELETE CASCADE,
  channel TEXT NOT NULL,
  sent_at BIGINT NOT NULL
);
CREATE INDEX sent_messages_recipient ON sent_messages (recipient_id, channel, sent_at);
