import "../styles/catalogue.css";
import "../styles/access.css";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Plus, RefreshCw } from "lucide-react";
import { useState } from "react";
import { keys, type ApiKey } from "../api/access";
import { ConfirmDialog } from "../shell/ConfirmDialog";
import { formatAgo, formatDate } from "../shell/format";
import { ReadFailure } from "../shell/Messages";
import { useNotice } from "../shell/Notices";
import { pageTexts } from "../pageTexts";
import { KeyDialog } from "./KeyDialog";
import { makerOf, stateOf } from "./keyForm";
import { RotateDialog } from "./RotateDialog";
import { SecretDialog } from "./SecretDialog";

const t = pageTexts.keys;
const keysKey = ["keys"];

function Term({ apiKey }: { apiKey: ApiKey }) {
  const state = stateOf(apiKey);
  const date = formatDate(state === "revoked" ? apiKey.revoked_at : apiKey.expires_at);
  if (!date) return null;
  const text = { active: t.expiresAt, expired: t.expiredAt, revoked: t.revokedAt }[state];
  return <span className={state === "active" ? "status" : "status ended"}>{text(date)}</span>;
}

function KeyRow({ apiKey, onRotate, onRevoke }: { apiKey: ApiKey; onRotate: () => void; onRevoke: () => void }) {
  const active = stateOf(apiKey) === "active";
  const used = apiKey.last_used_at ? t.used(formatAgo(apiKey.last_used_at)) : t.neverUsed;
  return (
    <li className={active ? "entry" : "entry dimmed"}>
      <div className="entry-text">
        <p className="entry-name">
          {apiKey.name} <code className="soft small">{apiKey.prefix}…</code> <Term apiKey={apiKey} />
        </p>
        <ul className="scopes" aria-label={t.scopes}>
          {apiKey.scopes.map((scope) => (
            <li key={scope}>
              <code className="chip flat">{scope}</code>
            </li>
          ))}
        </ul>
        {apiKey.filters && <p className="small">{t.limited(JSON.stringify(apiKey.filters))}</p>}
        {apiKey.rate_limit && <p className="small">{t.rateOf(apiKey.rate_limit)}</p>}
        <p className="soft small">{t.created(formatDate(apiKey.created_at) ?? "", makerOf(apiKey.created_by))} · {used}</p>
      </div>
      {active && (
        <div className="row">
          <button type="button" className="button" aria-label={t.rotateNamed(apiKey.name)} onClick={onRotate}>
            <RefreshCw size={16} aria-hidden /> {t.rotate}
          </button>
          <button type="button" className="button" aria-label={t.revokeNamed(apiKey.name)} onClick={onRevoke}>
            {t.revoke}
          </button>
        </div>
      )}
    </li>
  );
}

type Step = { name: "create" } | { name: "secret" | "rotate" | "revoke"; key: ApiKey };

export function KeysPage() {
  const queries = useQueryClient();
  const notice = useNotice();
  const query = useQuery({ queryKey: keysKey, queryFn: ({ signal }) => keys.list(signal), staleTime: 0 });
  const [step, setStep] = useState<Step>();
  const [all, setAll] = useState(false);
  const close = () => setStep(undefined);
  const refresh = () => void queries.invalidateQueries({ queryKey: keysKey });
  const issued = (key: ApiKey) => {
    refresh();
    setStep({ name: "secret", key });
  };
  const known = [...(query.data?.keys ?? [])].reverse(); // the latest first
  const active = known.filter((key) => stateOf(key) === "active");
  const ended = known.length - active.length;
  return (
    <div className="page">
      <header className="page-head with-action">
        <div>
          <h1>{t.title}</h1>
          <p className="soft">{t.lead}</p>
        </div>
        <button type="button" className="button primary" onClick={() => setStep({ name: "create" })}>
          <Plus size={18} aria-hidden /> {t.create}
        </button>
      </header>
      <ReadFailure query={query} />
      {(query.data !== undefined || !query.isError) && (
        <section className="panel" aria-label={t.title} aria-busy={query.isPending}>
          {query.isSuccess && active.length === 0 && <p className="soft none">{t.none}</p>}
          <ul className="entries">
            {(all ? known : active).map((key) => (
              <KeyRow key={key.id} apiKey={key} onRotate={() => setStep({ name: "rotate", key })} onRevoke={() => setStep({ name: "revoke", key })} />
            ))}
          </ul>
          {ended > 0 && !all && (
            <button type="button" className="text-button" onClick={() => setAll(true)}>
              {t.showEnded(ended)}
            </button>
          )}
        </section>
      )}
      {step?.name === "create" && <KeyDialog onClose={close} onCreated={issued} />}
      {step?.name === "rotate" && <RotateDialog apiKey={step.key} onClose={close} onRotated={issued} />}
      {step?.name === "secret" && <SecretDialog title={t.secretTitle} lead={t.secretLead} label={t.secret} secret={step.key.secret ?? ""} onClose={close} />}
      {step?.name === "revoke" && (
        <ConfirmDialog
          title={t.revokeTitle}
          lead={t.revokeLead(step.key.name)}
          go={t.revokeGo}
          act={() => keys.revoke(step.key.id)}
          onDone={() => {
            notice(t.revoked);
            close();
            refresh();
          }}
          onClose={close}
        />
      )}
    </div>
  );
}
