import "../styles/catalogue.css";
import "../styles/access.css";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { ShieldCheck, Trash2, UserPlus } from "lucide-react";
import { useState, type SubmitEvent } from "react";
import { users, type InvitedUser, type Role, type User } from "../api/access";
import { ApiError } from "../api/client";
import { ConfirmDialog } from "../shell/ConfirmDialog";
import { DialogFoot, DialogFrame } from "../shell/DialogFrame";
import { errorText } from "../shell/errorText";
import { Field, Problem, textOf } from "../shell/Field";
import { formatAgo } from "../shell/format";
import { ReadFailure } from "../shell/Messages";
import { useNotice } from "../shell/Notices";
import { pageTexts } from "../pageTexts";
import { texts } from "../texts";
import { useMe } from "./me";
import { SecretDialog } from "./SecretDialog";

const t = pageTexts.users;
const ROLES: Role[] = ["owner", "editor", "viewer", "shopper"];
const usersKey = ["users"];
const nameOf = (user: User) => user.name || user.email;

// The server keeps one owner.
const problemOf = (error: unknown) => (error instanceof ApiError && error.status === 409 ? (error.field === "email" ? t.exists : t.last) : errorText(error));

function inviteProblem(error: unknown): string | undefined {
  if (!error) return undefined;
  if (error instanceof ApiError && error.status === 422 && error.field === "email") return t.wrongEmail;
  return problemOf(error);
}

function InviteDialog({ onClose, onInvited }: { onClose: () => void; onInvited: (user: InvitedUser) => void }) {
  const inviting = useMutation({ mutationFn: users.invite, onSuccess: onInvited });
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    inviting.mutate({ email: textOf(form, "email"), name: textOf(form, "name"), role: ROLES.find((one) => one === form.get("role")) ?? "viewer" });
  };
  return (
    <DialogFrame title={t.inviteTitle} lead={t.inviteLead} onClose={onClose}>
      <form onSubmit={submit} className="account-form">
        <Field label={t.email} name="email" type="email" autoComplete="off" required maxLength={254} />
        <Field label={t.name} name="name" autoComplete="off" maxLength={100} />
        <fieldset className="choices">
          <legend className="field-name">{t.role}</legend>
          {ROLES.map((role) => (
            <label key={role} className="choice">
              <input type="radio" name="role" value={role} defaultChecked={role === "viewer"} />
              <span>
                {texts.roles[role]}
                <small>{texts.roleHints[role]}</small>
              </span>
            </label>
          ))}
        </fieldset>
        <Problem>{inviteProblem(inviting.error)}</Problem>
        <DialogFoot go={t.inviteGo} disabled={inviting.isPending} />
      </form>
    </DialogFrame>
  );
}

function UserRow({ user, own, onRemove }: { user: User; own: boolean; onRemove: () => void }) {
  const queries = useQueryClient();
  const notice = useNotice();
  const changing = useMutation({
    mutationFn: (change: { role?: Role; disabled?: boolean }) => users.change(user.id, change),
    onSuccess: () => notice(t.changed),
    onError: (error) => notice(problemOf(error)),
    onSettled: () => void queries.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] === "users" || queryKey[0] === "me" }),
  });
  const name = nameOf(user);
  const disabled = user.disabled_at !== null;
  return (
    <li className={disabled ? "entry dimmed" : "entry"}>
      <div className="entry-text">
        <p className="entry-name">
          {name}
          {own && <span className="status active">{t.you}</span>}
          {disabled && <span className="status">{t.disabled}</span>}
          {!disabled && !user.has_password && <span className="status">{t.invited}</span>}
          {user.has_totp && <ShieldCheck size={16} role="img" aria-label={t.protectedBy} className="good" />}
        </p>
        <p className="soft small">{[user.name && user.email, user.last_seen_at ? t.seen(formatAgo(user.last_seen_at)) : t.neverSeen].filter(Boolean).join(" · ")}</p>
      </div>
      <div className="row">
        <select
          className="input role"
          aria-label={t.roleOf(name)}
          value={user.role}
          disabled={changing.isPending}
          onChange={(event) => changing.mutate({ role: ROLES.find((one) => one === event.target.value) })}
        >
          {ROLES.map((role) => (
            <option key={role} value={role}>
              {texts.roles[role]}
            </option>
          ))}
        </select>
        {!own && (
          <>
            <button
              type="button"
              className="button"
              aria-label={disabled ? t.enableNamed(name) : t.disableNamed(name)}
              disabled={changing.isPending}
              onClick={() => changing.mutate({ disabled: !disabled })}
            >
              {disabled ? t.enable : t.disable}
            </button>
            <button type="button" className="icon-button small" aria-label={t.remove(name)} title={t.remove(name)} onClick={onRemove}>
              <Trash2 size={16} aria-hidden />
            </button>
          </>
        )}
      </div>
    </li>
  );
}

export function UsersPage() {
  const me = useMe();
  const queries = useQueryClient();
  const notice = useNotice();
  const query = useQuery({ queryKey: usersKey, queryFn: ({ signal }) => users.list(signal), staleTime: 0 });
  const [inviting, setInviting] = useState(false);
  const [invited, setInvited] = useState<InvitedUser>();
  const [removing, setRemoving] = useState<User>();
  const refresh = () => void queries.invalidateQueries({ queryKey: usersKey });
  const isOwn = (user: User) => me?.user?.id === user.id;
  return (
    <div className="page">
      <header className="page-head with-action">
        <div>
          <h1>{t.title}</h1>
          <p className="soft">{t.lead}</p>
        </div>
        <button type="button" className="button primary" onClick={() => setInviting(true)}>
          <UserPlus size={18} aria-hidden /> {t.invite}
        </button>
      </header>
      <ReadFailure query={query} />
      {(query.data !== undefined || !query.isError) && (
        <section className="panel" aria-label={t.title} aria-busy={query.isPending}>
          <ul className="entries">
            {query.data?.users.map((user) => <UserRow key={user.id} user={user} own={isOwn(user)} onRemove={() => setRemoving(user)} />)}
          </ul>
        </section>
      )}
      {inviting && (
        <InviteDialog
          onClose={() => setInviting(false)}
          onInvited={(user) => {
            setInviting(false);
            refresh();
            if (user.mail_sent) notice(t.sent(user.email));
            else if (user.invitation_url) setInvited(user);
            else notice(t.joined(user.email));
          }}
        />
      )}
      {invited && (
        <SecretDialog title={t.linkTitle} lead={t.linkLead(invited.email)} label={t.link} secret={invited.invitation_url ?? ""} onClose={() => setInvited(undefined)} />
      )}
      {removing && (
        <ConfirmDialog
          title={t.removeTitle}
          lead={t.removeLead(nameOf(removing))}
          go={t.removeGo}
          act={() => users.remove(removing.id)}
          errorOf={problemOf}
          onDone={() => {
            notice(t.removed);
            setRemoving(undefined);
            refresh();
          }}
          onClose={() => setRemoving(undefined)}
        />
      )}
    </div>
  );
}
