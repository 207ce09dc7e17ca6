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
  const unreachable = error instanceof ApiError && error.unreachable;
  const offline = unreachable && !navigator.onLine;
  const [title, lead] = offline
    ? [texts.errors.offline, texts.errors.offlineLead]
    : unreachable
      ? [texts.errors.unreachable, texts.errors.unreachableLead]
      : [texts.errors.failed, error instanceof Error ? error.message : ""];
  return (
    <Message icon={unreachable ? <WifiOff size={32} /> : <CircleAlert size={32} />} title={title}>
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
    <Message icon={<SearchX size={32} />} title={texts.errors.notFound}>
      <p>{texts.errors.notFoundLead}</p>
      <Link to="/" className="button">
        {texts.errors.home}
      </Link>
    </Message>
  );
}

export function Crashed({ error }: ErrorComponentProps) {
  return (
    <Message icon={<CircleAlert size={32} />} title={texts.errors.crashed}>
      <p>{error instanceof Error ? error.message : ""}</p>
      <button type="button" className="button" onClick={() => window.location.reload()}>
        {texts.errors.reload}
      </button>
    </Message>
  );
}
