-- Who may use the catalogue: API keys, users, their sessions, and what they did. Hashes are SHA-256 in lower-case
-- hexadecimal digits; secrets are never stored. Texts are '' and times NULL when not given.

-- Counts the changes of what follows, so that processes notice those of others.
INSERT INTO counters (name, value) VALUES ('access', 0);

CREATE TABLE api_keys (
  id {identity},
  tenant TEXT NOT NULL,
  name TEXT NOT NULL,
  scopes TEXT NOT NULL,
  filters TEXT NOT NULL,
  rate_limit TEXT NOT NULL,
  created_by TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  expires_at BIGINT,
  last_used_at BIGINT,
  revoked_at BIGINT
);

-- A key has a second secret while it is being rotated. The prefix is the beginning of the secret, which may be shown.
CREATE TABLE api_key_secrets (
  hash TEXT NOT NULL PRIMARY KEY,
  key_id BIGINT NOT NULL REFERENCES api_keys (id) ON DELETE CASCADE,
  prefix TEXT NOT NULL UNIQUE,
  created_at BIGINT NOT NULL,
  expires_at BIGINT
);
CREATE INDEX api_key_secrets_key ON api_key_secrets (key_id);

-- Search tokens that were revoked before they expired, by the key that signed them.
CREATE TABLE revoked_tokens (
  key_id BIGINT NOT NULL REFERENCES api_keys (id) ON DELETE CASCADE,
  jti TEXT NOT NULL,
  expires_at BIGINT NOT NULL,
  PRIMARY KEY (key_id, jti)
);

CREATE TABLE users (
  id {identity},
  email TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  role TEXT NOT NULL,
  password_hash TEXT NOT NULL,
  totp_secret TEXT NOT NULL,
  totp_last_step BIGINT NOT NULL,
  keeps_history BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  last_seen_at BIGINT,
  disabled_at BIGINT
);

CREATE TABLE recovery_codes (
  user_id BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  hash TEXT NOT NULL,
  PRIMARY KEY (user_id, hash)
);

CREATE TABLE sessions (
  id {identity},
  user_id BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  hash TEXT NOT NULL UNIQUE,
  created_at BIGINT NOT NULL,
  last_used_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  address TEXT NOT NULL,
  agent TEXT NOT NULL
);
CREATE INDEX sessions_user ON sessions (user_id);

-- Links that work once: of the first set-up (no user), an invitation or a new password.
CREATE TABLE one_time_links (
  hash TEXT NOT NULL PRIMARY KEY,
  purpose TEXT NOT NULL,
  user_id BIGINT REFERENCES users (id) ON DELETE CASCADE,
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL
);

CREATE TABLE audit (
  id {identity},
  at BIGINT NOT NULL,
  principal TEXT NOT NULL,
  address TEXT NOT NULL,
  action TEXT NOT NULL,
  target TEXT NOT NULL,
  outcome TEXT NOT NULL,
  detail TEXT NOT NULL
);
CREATE INDEX audit_at ON audit (at);
