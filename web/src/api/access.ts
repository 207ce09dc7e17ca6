// The calls of the API about who is there: sign-in, accounts, users and keys.
import { call, json, soon } from "./client";
import type { components } from "./schema.gen";
import { chooseTenant, chosenTenant, pauseTenant } from "./tenant";

type Schemas = components["schemas"];
export type ApiKey = Schemas["ApiKey"];
export type ApiKeyWrite = Schemas["ApiKeyWrite"];
export type Scope = "search" | "items:read" | "items:write" | "content:review" | "embed" | "ingest" | "metrics" | "admin" | "account";
export type Role = Schemas["User"]["role"];

export type Me = Schemas["Caller"];
export type User = Schemas["User"];
export type InvitedUser = Schemas["InvitedUser"];
export type Session = Schemas["Session"];

const at = (id: string) => encodeURIComponent(id);
const post = (body?: unknown) => ({ method: "POST", ...(body === undefined ? {} : json(body)) });

const ME = "/api/v1/auth/me";
export const EXPORT_ADDRESS = `${ME}/export`;

const askMe = (signal?: AbortSignal) => call<Me>(ME, { signal: soon(signal), cache: "no-store" });

// Asks who is there, in the chosen tenant. Whose session has ended is in none until the next sign-in; a tenant that the user may not
// enter any more is chosen no longer; a user without a tenant of their own enters the first one.
async function me(signal?: AbortSignal): Promise<Me> {
  pauseTenant(false);
  let found = await askMe(signal);
  if (found.kind !== "user" && chosenTenant() !== undefined) {
    pauseTenant(true);
    found = await askMe(signal);
    if (found.kind !== "anonymous") chooseTenant(undefined);
  }
  const first = found.tenants[0]?.name;
  if (first === undefined || found.tenants.some(({ name }) => name === found.tenant)) return found;
  chooseTenant(first);
  return askMe(signal);
}

export const auth = {
  me,
  signIn: (body: Schemas["Login"]) => call<User>("/api/v1/auth/login", post(body)),
  signOut: () => call<undefined>("/api/v1/auth/logout", post()),
  forgot: (email: string) => call<undefined>("/api/v1/auth/reset", post({ email })),
  useLink: (body: Schemas["LinkUse"]) => call<User>("/api/v1/auth/link", post(body)),
  changePassword: (body: Schemas["PasswordChange"]) => call<undefined>("/api/v1/auth/password", post(body)),
  change: (body: Schemas["ProfilePatch"]) => call<User>(ME, { method: "PATCH", ...json(body) }),
  remove: (password?: string) => call<undefined>(ME, { method: "DELETE", ...(password === undefined ? {} : json({ password })) }),
  clearHistory: () => call<undefined>(`${ME}/history`, { method: "DELETE" }),
  sessions: (signal?: AbortSignal) => call<Schemas["SessionList"]>("/api/v1/auth/sessions", { signal }),
  endSession: (id: string) => call<undefined>(`/api/v1/auth/sessions/${at(id)}`, { method: "DELETE" }),
  startTotp: () => call<Schemas["TotpSecret"]>("/api/v1/auth/totp", post()),
  confirmTotp: (code: string) => call<Schemas["RecoveryCodes"]>("/api/v1/auth/totp/confirm", post({ code })),
  endTotp: (password: string) => call<undefined>("/api/v1/auth/totp", { method: "DELETE", ...json({ password }) }),
};

export const users = {
  list: (signal?: AbortSignal) => call<Schemas["UserList"]>("/api/v1/users", { signal }),
  invite: (body: Schemas["UserWrite"]) => call<InvitedUser>("/api/v1/users", post(body)),
  change: (id: string, body: Schemas["UserPatch"]) => call<User>(`/api/v1/users/${at(id)}`, { method: "PATCH", ...json(body) }),
  remove: (id: string) => call<undefined>(`/api/v1/users/${at(id)}`, { method: "DELETE" }),
};

export const keys = {
  list: (signal?: AbortSignal) => call<Schemas["ApiKeyList"]>("/api/v1/keys", { signal }),
  create: (body: ApiKeyWrite) => call<ApiKey>("/api/v1/keys", post(body)),
  rotate: (id: string, overlap_seconds: number) => call<ApiKey>(`/api/v1/keys/${at(id)}/rotate`, post({ overlap_seconds })),
  revoke: (id: string) => call<undefined>(`/api/v1/keys/${at(id)}`, { method: "DELETE" }),
};
