-- Rules on the metrics of the process, and their alarms (monitor/alert_rule_store.h). Times are microseconds since 1970,
-- UTC.

-- options: a JSON object. state: "inactive", "pending", "firing" or "resolved", since the time `since`. clear_since: while
-- firing, since when the condition does not hold. notified_at: of the latest notice of the present alarm. value: what was
-- compared at the latest change of state. revision grows with each change of the row.
CREATE TABLE alert_rules (
  id {identity},
  name TEXT NOT NULL,
  options TEXT NOT NULL,
  created_by TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  silenced_until BIGINT,
  state TEXT NOT NULL,
  since BIGINT NOT NULL,
  clear_since BIGINT,
  notified_at BIGINT,
  value DOUBLE PRECISION,
  revision BIGINT NOT NULL
);

-- The times in which rules fired. They outlive their rules. notices counts messages over all channels.
CREATE TABLE alarms (
  id {identity},
  rule_id BIGINT NOT NULL,
  rule_name TEXT NOT NULL,
  condition TEXT NOT NULL,
  started_at BIGINT NOT NULL,
  ended_at BIGINT,
  value DOUBLE PRECISION,
  notices BIGINT NOT NULL
);
CREATE INDEX alarms_rule ON alarms (rule_id, id);
CREATE INDEX alarms_ended ON alarms (ended_at);

-- The process that judges the rules of this database, until the end of its lease: one row. owner is a random number.
CREATE TABLE alert_rule_watch (
  name TEXT NOT NULL PRIMARY KEY,
  owner BIGINT NOT NULL,
  lease_until BIGINT NOT NULL
);
