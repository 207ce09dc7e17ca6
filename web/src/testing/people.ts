import type { Me } from "../api/access";

const SCOPES: Record<string, string[]> = {
  owner: ["search", "items:read", "items:write", "content:review", "embed", "ingest", "metrics", "admin", "account"],
  editor: ["search", "items:read", "items:write", "content:review", "embed", "ingest", "account"],
  viewer: ["search", "items:read", "account"],
  shopper: ["search", "items:read", "account"],
};

export const user = (role: "owner" | "editor" | "viewer" | "shopper" = "owner", id = "3"): Me => ({
  kind: "user",
  id: `user:${id}`,
  scopes: SCOPES[role] ?? [],
  sign_in_possible: true,
  single_sign_on: null,
  detect: false,
  tenant: "default",
  tenants: [],
  role,
  email: "ada@example.com",
  name: "Ada",
  user: {
    id,
    email: "ada@example.com",
    name: "Ada",
    role,
    has_password: true,
    has_totp: false,
    keeps_history: true,
    created_at: "2026-11-01T10:00:00Z",
    last_seen_at: "2026-11-29T10:00:00Z",
    disabled_at: null,
  },
});

export const anonymous = (scopes: string[] = [], sign_in_possible = true): Me => ({
  kind: "anonymous",
  id: "",
  scopes,
  sign_in_possible,
  single_sign_on: null,
  detect: false,
  tenant: "default",
  tenants: [],
  role: null,
  email: null,
  name: null,
});

export const local = (): Me => ({
  ...anonymous(["search", "items:read", "items:write", "content:review", "embed", "ingest", "metrics", "admin"], false),
  kind: "local",
  id: "local",
});
