import "../styles/catalogue.css";
import "../styles/access.css";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Link, useLocation, useNavigate } from "../routing/router";
import { CircleCheck, Link2Off } from "lucide-react";
import type { SubmitEvent } from "react";
import { auth } from "../api/access";
import { ApiError } from "../api/client";
import { errorText } from "../shell/errorText";
import { Field, PasswordField, passwordOf, Problem, textOf } from "../shell/Field";
import { Message } from "../shell/Messages";
import { pageTexts } from "../pageTexts";
import { texts } from "../texts";
import { meOptions } from "./me";
import { passwordProblem } from "./passwordProblem";

const t = pageTexts.link;

// The token is behind the "#", which browsers do not send: it is in no log of a server or proxy.
const useToken = () => useLocation({ select: ({ hash }) => new URLSearchParams(hash).get("token")?.trim() ?? "" });

function useLink() {
  const queries = useQueryClient();
  const navigate = useNavigate();
  return useMutation({
    mutationFn: async (given: Parameters<typeof auth.useLink>[0]) => {
      const { email } = await auth.useLink(given);
      // Where a code is needed too, the sign-in page asks for it.
      await auth.signIn({ email, password: given.password }).catch(() => undefined);
      return queries.query({ ...meOptions, staleTime: 0 });
    },
    onSuccess: (me) => {
      if (me.kind === "user") void navigate({ to: "/", replace: true });
    },
  });
}

function problemOf(error: unknown) {
  if (!error) return undefined;
  if (error instanceof ApiError) {
    if (error.field === "password") return undefined; // said at the field
    if (error.field === "email") return error.status === 409 ? pageTexts.users.exists : pageTexts.users.wrongEmail;
    if (error.status === 429) return texts.access.tooMany;
    if ([401, 403, 404, 409, 410, 422].includes(error.status)) return t.spent;
  }
  return errorText(error);
}

function LinkForm({ token, kind }: { token: string; kind: "set-up" | "invitation" | "reset" }) {
  const using = useLink();
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const given = (name: string) => (form.has(name) && textOf(form, name) ? { [name]: textOf(form, name) } : {});
    using.mutate({ token, password: passwordOf(form), ...given("name"), ...given("email") });
  };
  const { error } = using;
  if (using.isSuccess && using.data.kind !== "user") {
    return (
      <Message icon={<CircleCheck size={32} />} title={t.done}>
        <p>{t.doneLead}</p>
        <Link to="/sign-in" className="button primary">
          {texts.access.signIn}
        </Link>
      </Message>
    );
  }
  return (
    <section className="page narrow" aria-labelledby="link-title">
      <div className="panel">
        <h1 id="link-title">{kind === "set-up" ? t.setUpTitle : t.title}</h1>
        <p className="soft">{kind === "set-up" ? t.setUpLead : t.lead}</p>
        <form onSubmit={submit} className="sign-in">
          {kind === "set-up" && <Field label={texts.access.email} name="email" type="email" autoComplete="username" required maxLength={254} />}
          {kind !== "reset" && <Field label={t.name} hint={t.nameHint} name="name" autoComplete="name" maxLength={100} />}
          <PasswordField
            label={t.password}
            hint={t.passwordHint}
            wrong={passwordProblem(error, using.variables?.password ?? "")}
            name="password"
            autoComplete="new-password"
          />
          <Problem>{problemOf(error)}</Problem>
          <div className="row end">
            <button type="submit" className="button primary" disabled={using.isPending}>
              {kind === "reset" ? t.save : t.create}
            </button>
          </div>
        </form>
      </div>
    </section>
  );
}

function LinkPage({ kind }: { kind: "set-up" | "invitation" | "reset" }) {
  const token = useToken();
  if (!token) {
    return (
      <Message icon={<Link2Off size={32} />} title={t.missing}>
        <p>{t.missingLead}</p>
      </Message>
    );
  }
  return <LinkForm token={token} kind={kind} />;
}

export const SetUpPage = () => <LinkPage kind="set-up" />;
export const InvitationPage = () => <LinkPage kind="invitation" />;
export const ResetPage = () => <LinkPage kind="reset" />;
