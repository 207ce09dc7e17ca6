import "../styles/access.css";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState, type Ref, type SubmitEvent } from "react";
import { auth, type Me } from "../api/access";
import { ApiError } from "../api/client";
import { errorText } from "../shell/errorText";
import { Field, PasswordField, passwordOf, Problem, textOf } from "../shell/Field";
import { texts } from "../texts";
import { meOptions } from "./me";

const t = texts.access;

export function signInProblem(error: unknown, withCode: boolean): string | undefined {
  if (!error) return undefined;
  if (error instanceof ApiError) {
    if (error.code === "totp_required") return undefined; // the field for the code appears
    if (error.status === 401 || error.status === 422) return withCode ? t.wrongWithCode : t.wrong;
    if (error.status === 429) return t.tooMany;
  }
  return errorText(error);
}

function Forgotten({ email, onBack }: { email: string; onBack: () => void }) {
  const asking = useMutation({ mutationFn: (address: string) => auth.forgot(address) });
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    asking.mutate(textOf(new FormData(event.currentTarget), "email"));
  };
  return (
    <form onSubmit={submit} className="sign-in">
      <p className="soft">{t.forgottenLead}</p>
      <Field label={t.email} name="email" type="email" autoComplete="username" required defaultValue={email} />
      <Problem>{asking.isError && errorText(asking.error)}</Problem>
      <p role="status" className="said">{asking.isSuccess && t.forgottenSent}</p>
      <div className="row between">
        <button type="button" className="text-button" onClick={onBack}>
          {t.back}
        </button>
        <button type="submit" className="button primary" disabled={asking.isPending}>
          {t.forgottenGo}
        </button>
      </div>
    </form>
  );
}

// Asks for e-mail and password, and for a code where the account has one. `email`: who signed in before; `password`: the field.
export function SignInForm({ email, password, onDone }: { email?: string; password?: Ref<HTMLInputElement>; onDone: (me: Me) => void }) {
  const queries = useQueryClient();
  const [forgotten, setForgotten] = useState<string>();
  const [withCode, setWithCode] = useState(false);
  const code = useRef<HTMLInputElement>(null);
  const signing = useMutation({
    mutationFn: async (given: { email: string; password: string; totp?: string }) => {
      await auth.signIn(given);
      return queries.query({ ...meOptions, staleTime: 0 });
    },
    onSuccess: (me) => {
      if (me.kind === "user") onDone(me);
    },
    onError: (error) => {
      if (error instanceof ApiError && error.code === "totp_required") setWithCode(true);
    },
  });
  useEffect(() => {
    if (withCode) code.current?.focus();
  }, [withCode]);

  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const totp = textOf(form, "totp");
    signing.mutate({ email: textOf(form, "email"), password: passwordOf(form), ...(totp ? { totp } : {}) });
  };
  if (forgotten !== undefined) return <Forgotten email={forgotten} onBack={() => setForgotten(undefined)} />;
  const unkept = signing.isSuccess && signing.data.kind !== "user";
  return (
    <form onSubmit={submit} className="sign-in">
      <Field label={t.email} name="email" type="email" autoComplete="username" required defaultValue={email} />
      <PasswordField ref={password} label={t.password} name="password" autoComplete="current-password" />
      {withCode && <Field ref={code} label={t.code} hint={t.codeHint} name="totp" inputMode="numeric" autoComplete="one-time-code" maxLength={64} required />}
      <Problem>{unkept ? t.cookies : signInProblem(signing.error, withCode)}</Problem>
      <div className="row between">
        <button type="button" className="text-button" onClick={(event) => setForgotten(event.currentTarget.form ? textOf(new FormData(event.currentTarget.form), "email") : "")}>
          {t.forgotten}
        </button>
        <button type="submit" className="button primary" disabled={signing.isPending}>
          {t.signIn}
        </button>
      </div>
    </form>
  );
}
