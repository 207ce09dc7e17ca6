import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Copy, Download, ShieldCheck } from "lucide-react";
import { useState, type SubmitEvent } from "react";
import { auth } from "../api/access";
import { ApiError } from "../api/client";
import { errorText } from "../shell/errorText";
import { Field, PasswordField, passwordOf, Problem, textOf } from "../shell/Field";
import { useNotice } from "../shell/Notices";
import { pageTexts } from "../pageTexts";
import { texts } from "../texts";
import { meOptions, useMe } from "./me";
import { QrCode } from "./QrCode";
import { accountProblem } from "./passwordProblem";
import { useCopy } from "./Secret";

const t = pageTexts.account;

const inFours = (secret: string) => secret.match(/.{1,4}/g)?.join(" ") ?? secret;
const isRefusal = (error: unknown) => error instanceof ApiError && error.status === 422;

function Confirm({ secret, uri, onDone, onClose }: { secret: string; uri: string; onDone: (codes: string[]) => void; onClose: () => void }) {
  const confirming = useMutation({ mutationFn: auth.confirmTotp, onSuccess: (answer) => onDone(answer.recovery_codes) });
  const { error } = confirming;
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    confirming.mutate(textOf(new FormData(event.currentTarget), "code").replaceAll(" ", ""));
  };
  return (
    <form onSubmit={submit} className="totp">
      <QrCode text={uri} label={t.totpQr} />
      <div className="account-form">
        <p>{t.totpScan}</p>
        <p className="soft small">
          {t.totpSecret} <code data-testid="totp-secret">{inFours(secret)}</code>
        </p>
        <Field label={texts.access.code} name="code" inputMode="numeric" autoComplete="one-time-code" maxLength={10} required wrong={isRefusal(error) ? t.totpWrong : undefined} />
        <Problem>{error && !isRefusal(error) && accountProblem(error)}</Problem>
        <div className="row">
          <button type="submit" className="button primary" disabled={confirming.isPending}>
            {t.totpConfirm}
          </button>
          <button type="button" className="button" onClick={onClose}>
            {texts.cancel}
          </button>
        </div>
      </div>
    </form>
  );
}

export function RecoveryCodes({ codes, onClose }: { codes: string[]; onClose: () => void }) {
  const copy = useCopy();
  const text = `${codes.join("\n")}\n`;
  const download = () => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([text], { type: "text/plain" }));
    link.download = "find-this-fit-recovery-codes.txt";
    link.click();
    URL.revokeObjectURL(link.href);
  };
  return (
    <div className="account-form" role="group" aria-label={t.recoveryTitle}>
      <h3>{t.recoveryTitle}</h3>
      <p>{t.recoveryLead}</p>
      <ul className="codes">
        {codes.map((code) => (
          <li key={code}>
            <code>{code}</code>
          </li>
        ))}
      </ul>
      <div className="row">
        <button type="button" className="button" onClick={() => void copy(text)}>
          <Copy size={16} aria-hidden /> {texts.access.copy}
        </button>
        <button type="button" className="button" onClick={download}>
          <Download size={16} aria-hidden /> {texts.access.download}
        </button>
        <button type="button" className="button primary" onClick={onClose}>
          {t.recoveryKept}
        </button>
      </div>
    </div>
  );
}

function TurnOff({ onDone, onClose }: { onDone: () => void; onClose: () => void }) {
  const ending = useMutation({ mutationFn: auth.endTotp, onSuccess: onDone });
  const { error } = ending;
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    ending.mutate(passwordOf(new FormData(event.currentTarget)));
  };
  return (
    <form onSubmit={submit} className="account-form">
      <p>{t.totpEndLead}</p>
      <PasswordField label={texts.access.password} name="password" autoComplete="current-password" wrong={isRefusal(error) ? t.currentWrong : undefined} />
      <Problem>{error && !isRefusal(error) && accountProblem(error)}</Problem>
      <div className="row">
        <button type="submit" className="button danger" disabled={ending.isPending}>
          {t.totpEnd}
        </button>
        <button type="button" className="button" onClick={onClose}>
          {texts.cancel}
        </button>
      </div>
    </form>
  );
}

type Step = { name: "rest" } | { name: "confirm"; secret: string; uri: string } | { name: "codes"; codes: string[] } | { name: "end" };

// Turns the second step of the sign-in on and off.
export function TotpPanel() {
  const me = useMe();
  const queries = useQueryClient();
  const notice = useNotice();
  const [step, setStep] = useState<Step>({ name: "rest" });
  const rest = () => setStep({ name: "rest" });
  const refresh = () => void queries.invalidateQueries({ queryKey: meOptions.queryKey });
  const starting = useMutation({ mutationFn: auth.startTotp, onSuccess: ({ secret, uri }) => setStep({ name: "confirm", secret, uri }) });
  const on = me?.user?.has_totp === true;
  return (
    <section className="panel" aria-labelledby="totp-title">
      <h2 id="totp-title">{t.totpTitle}</h2>
      <p className="soft">{on ? t.totpOn : t.totpOff}</p>
      <Problem>{starting.isError && errorText(starting.error)}</Problem>
      {step.name === "rest" && (
        <div className="row">
          {on ? (
            <button type="button" className="button" onClick={() => setStep({ name: "end" })}>
              {t.totpEnd}
            </button>
          ) : (
            <button type="button" className="button primary" disabled={starting.isPending} onClick={() => starting.mutate()}>
              <ShieldCheck size={17} aria-hidden /> {t.totpStart}
            </button>
          )}
        </div>
      )}
      {step.name === "confirm" && (
        <Confirm
          secret={step.secret}
          uri={step.uri}
          onClose={rest}
          onDone={(codes) => {
            setStep({ name: "codes", codes });
            refresh();
          }}
        />
      )}
      {step.name === "codes" && <RecoveryCodes codes={step.codes} onClose={rest} />}
      {step.name === "end" && (
        <TurnOff
          onClose={rest}
          onDone={() => {
            rest();
            notice(t.totpEnded);
            refresh();
          }}
        />
      )}
    </section>
  );
}
