// The calls of the API about who is there: sign-in, accounts, users and keys.
import { call, json, soon } from "./client";
import type { components } from "./schema.gen";

type Schemas = components["schemas"];
export type ApiKey = Schemas["ApiKey"];
export type ApiKeyWrite = Schemas["ApiKeyWrite"];
export type Scope = "search" | "items:read" | "items:write" | "embed" | "metrics" | "admin" | "account";
export type Role = Schemas["User"]["role"];

export type Me = Schemas["Caller"];
export type User = Schemas["User"];
export type InvitedUser = Schemas["InvitedUser"];
export type Session = Schemas["Session"];

const at = (id: string) => encodeURIComponent(id);
const post = (body?: unknown) => ({ method: "POST", ...(body === undefined ? {} : json(body)) });

export const auth = {
  me: (signal?: AbortSignal) => call<Me>("/api/v1/auth/me", { signal: soon(signal), cache: "no-store" }),
  signIn: (body: Schemas["Login"]) => call<User>("/api/v1/auth/login", post(body)),
  signOut: () => call<undefined>("/api/v1/auth/logout", post()),
  forgot: (email: string) => call<undefined>("/api/v1/auth/reset", post({ email })),
  useLink: (body: Schemas["LinkUse"]) => call<User>("/api/v1/auth/link", post(body)),
  changePassword: (body: Schemas["PasswordChange"]) => call<undefined>("/api/v1/auth/password", post(body)),
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
