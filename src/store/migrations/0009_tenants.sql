-- The tenants of this installation, in the catalogue of the tenant "default", which has the accounts. The tables
-- of other catalogues are not used.

-- settings is a JSON object of the settings that differ from the server's. A quota of 0 is none. The id of a tenant
-- is never given to another one, not even to one of the same name. state: "creating", "ready" or "removing".
CREATE TABLE tenants (
  id {identity},
  name TEXT NOT NULL UNIQUE,
  state TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  settings TEXT NOT NULL,
  max_items BIGINT NOT NULL,
  max_bytes BIGINT NOT NULL,
  max_requests_per_day BIGINT NOT NULL
);

-- Which users may enter which tenants besides "default", for which users.role counts.
CREATE TABLE user_tenants (
  user_id BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  tenant TEXT NOT NULL,
  role TEXT NOT NULL,
  PRIMARY KEY (user_id, tenant)
);
CREATE INDEX user_tenants_tenant ON user_tenants (tenant);

-- The requests of a tenant on a day, counted in days since 1970 in UTC.
CREATE TABLE tenant_requests (
  tenant TEXT NOT NULL,
  day BIGINT NOT NULL,
  requests BIGINT NOT NULL,
  PRIMARY KEY (tenant, day)
);

ALTER TABLE audit ADD COLUMN tenant TEXT NOT NULL DEFAULT 'default';
CREATE INDEX audit_tenant ON audit (tenant, id);
