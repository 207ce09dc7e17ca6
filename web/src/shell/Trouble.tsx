import { Link, type ErrorComponentProps } from "@tanstack/react-router";
import { CircleAlert, SearchX, WifiOff } from "lucide-react";
import type { ReactNode } from "react";
import { ApiError } from "../api/client";
import { texts } from "../texts";

export function Message({ icon, title, children }: { icon: ReactNode; title: string; children?: ReactNode }) {
  return (
    <section className="message" role="status">
      <div className="message-icon" aria-hidden>
        {icon}
      </div>
      <h2>{title}</h2>
      {children}
    </section>
  );
}

export function Failure({ error, retry }: { error: unknown; retry?: () => void }) {
  const gone = error instanceof ApiError && error.unreachable;
  const offline = gone && !navigator.onLine;
  const [title, lead] = offline
    ? [texts.trouble.offline, texts.trouble.offlineLead]
    : gone
      ? [texts.trouble.gone, texts.trouble.goneLead]
      : [texts.trouble.failed, error instanceof Error ? error.message : ""];
  return (
    <Message icon={gone ? <WifiOff size={32} /> : <CircleAlert size={32} />} title={title}>
      <p>{lead}</p>
      {retry && (
        <button type="button" className="button" onClick={retry}>
          {texts.retry}
        </button>
      )}
    </Message>
  );
}

export function NotFound() {
  return (
    <Message icon={<SearchX size={32} />} title={texts.trouble.notFound}>
      <p>{texts.trouble.notFoundLead}</p>
      <Link to="/" className="button">
        {texts.trouble.home}
      </Link>
    </Message>
  );
}

export function Crashed({ error }: ErrorComponentProps) {
  return (
    <Message icon={<CircleAlert size={32} />} title={texts.trouble.crashed}>
      <p>{error instanceof Error ? error.message : ""}</p>
      <button type="button" className="button" onClick={() => window.location.reload()}>
        {texts.trouble.reload}
      </button>
    </Message>
  );
}
