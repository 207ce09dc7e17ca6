import "../styles/catalogue.css";
import "../styles/access.css";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Monitor } from "lucide-react";
import { useRef, type SubmitEvent } from "react";
import { auth, type Session } from "../api/access";
import { ApiError } from "../api/client";
import { errorText } from "../shell/errorText";
import { Facts } from "../shell/Facts";
import { Field, PasswordField, passwordOf, Problem, textOf } from "../shell/Field";
import { formatAgo, formatDate } from "../shell/format";
import { ReadFailure } from "../shell/Messages";
import { useNotice } from "../shell/Notices";
import { pageTexts } from "../pageTexts";
import { texts } from "../texts";
import { Data, History } from "./DataPanel";
import { meOptions, useMe } from "./me";
import { accountProblem, passwordProblem } from "./passwordProblem";
import { PhoneAppPanel } from "./PhoneAppPanel";
import { deviceOf } from "./sessions";
import { TotpPanel } from "./TotpPanel";

const t = pageTexts.account;
const sessionsKey = ["sessions"];

function Profile() {
  const me = useMe();
  const queries = useQueryClient();
  const notice = useNotice();
  const saving = useMutation({
    mutationFn: (name: string) => auth.change({ name }),
    onSuccess: () => notice(t.saved),
    onSettled: () => queries.invalidateQueries({ queryKey: meOptions.queryKey }),
  });
  if (!me) return null;
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    saving.mutate(textOf(new FormData(event.currentTarget), "name"));
  };
  return (
    <section className="panel" aria-labelledby="profile-title">
      <h2 id="profile-title">{t.profile}</h2>
      <Facts
        className="facts"
        facts={[
          [t.email, me.email],
          [t.role, me.role && texts.roles[me.role]],
        ]}
      />
      <form onSubmit={submit} className="account-form">
        <Field label={t.name} name="name" autoComplete="name" maxLength={100} defaultValue={me.name ?? ""} />
        <Problem>{saving.isError && errorText(saving.error)}</Problem>
        <div className="row">
          <button type="submit" className="button" disabled={saving.isPending}>
            {t.save}
          </button>
        </div>
      </form>
    </section>
  );
}

function Password() {
  const form = useRef<HTMLFormElement>(null);
  const notice = useNotice();
  const queries = useQueryClient();
  const changing = useMutation({
    mutationFn: auth.changePassword,
    onSuccess: () => {
      form.current?.reset();
      notice(t.changed);
      void queries.invalidateQueries({ queryKey: sessionsKey });
    },
  });
  const { error } = changing;
  const wrong = passwordProblem(error, changing.variables?.new ?? "");
  const currentWrong = error instanceof ApiError && error.field === "current";
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const given = new FormData(event.currentTarget);
    changing.mutate({ current: passwordOf(given, "current"), new: passwordOf(given, "new") });
  };
  return (
    <section className="panel" aria-labelledby="password-title">
      <h2 id="password-title">{t.passwordTitle}</h2>
      <p className="soft">{t.passwordLead}</p>
      <form ref={form} onSubmit={submit} className="account-form">
        <PasswordField label={t.current} name="current" autoComplete="current-password" wrong={currentWrong ? t.currentWrong : undefined} />
        <PasswordField label={t.new} name="new" autoComplete="new-password" hint={pageTexts.link.passwordHint} wrong={wrong} />
        <Problem>{error && !wrong && !currentWrong && accountProblem(error)}</Problem>
        <div className="row">
          <button type="submit" className="button" disabled={changing.isPending}>
            {t.change}
          </button>
        </div>
      </form>
    </section>
  );
}

function SessionRow({ session }: { session: Session }) {
  const queries = useQueryClient();
  const notice = useNotice();
  const ending = useMutation({
    mutationFn: () => auth.endSession(session.id),
    onSuccess: () => notice(t.ended),
    onError: (error) => notice(errorText(error)),
    onSettled: () => void queries.invalidateQueries({ queryKey: sessionsKey }),
  });
  const device = deviceOf(session.agent);
  return (
    <li className="entry">
      <Monitor size={20} aria-hidden className="soft" />
      <div className="entry-text">
        <p className="entry-name">
          {device} {session.is_current && <span className="status active">{t.thisOne}</span>}
        </p>
        <p className="soft small">{t.sessionFacts(session.address, formatAgo(session.last_used_at), formatDate(session.created_at) ?? "")}</p>
      </div>
      {!session.is_current && (
        <button type="button" className="button" aria-label={t.endNamed(device)} disabled={ending.isPending} onClick={() => ending.mutate()}>
          {t.end}
        </button>
      )}
    </li>
  );
}

function Sessions() {
  const query = useQuery({ queryKey: sessionsKey, queryFn: ({ signal }) => auth.sessions(signal), staleTime: 0 });
  return (
    <section className="panel" aria-labelledby="sessions-title">
      <h2 id="sessions-title">{t.sessionsTitle}</h2>
      <p className="soft">{t.sessionsLead}</p>
      <ReadFailure query={query} />
      <ul className="entries">
        {query.data?.sessions.map((session) => <SessionRow key={session.id} session={session} />)}
      </ul>
    </section>
  );
}

export function AccountPage() {
  const hasPassword = useMe()?.user?.has_password ?? true; // who signs in at the provider may have none
  return (
    <div className="page account">
      <header className="page-head">
        <h1>{t.title}</h1>
      </header>
      <Profile />
      {hasPassword && <Password />}
      {hasPassword && <TotpPanel />}
      <Sessions />
      <PhoneAppPanel />
      <History />
      <Data />
    </div>
  );
}
