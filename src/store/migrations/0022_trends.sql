-- What rises and falls in the catalogue, as it was last computed. Times are microseconds since 1970, UTC.

-- One row for each length of time that is compared with as long a time before: its days, when it ended, and the trends
-- as the API has them, a JSON object.
CREATE TABLE trend_reports (
  days BIGINT NOT NULL PRIMARY KEY,
  computed_at BIGINT NOT NULL,
  report TEXT NOT NULL
);
