import { Link } from "../routing/router";
import { CircleAlert, SearchX, WifiOff } from "lucide-react";
import type { ReactNode } from "react";
import { ApiError } from "../api/client";
import { texts } from "../texts";
import { errorText, isOffline, referenceOf } from "./errorText";
import { Problem } from "./Field";
import { LoadError } from "./loadModule";

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
  const title = !unreachable ? texts.errors.failed : isOffline() ? texts.errors.offline : texts.errors.unreachable;
  const reference = referenceOf(error);
  return (
    <Message icon={unreachable ? <WifiOff size={32} /> : <CircleAlert size={32} />} title={title}>
      <p>{errorText(error)}</p>
      {reference && <p className="small">{texts.errors.reference(reference)}</p>}
      {retry && (
        <button type="button" className="button" onClick={retry}>
          {texts.retry}
        </button>
      )}
    </Message>
  );
}

interface ReadFailureProps {
  query: {
    data: unknown;
    isError: boolean;
    isFetchNextPageError?: boolean; // which MoreButton tells
    error: unknown;
    refetch: () => Promise<unknown>;
  };
}

// What is said when something cannot be read. Where it was read before, that stays on the page, and is said to be old.
export function ReadFailure({ query }: ReadFailureProps) {
  if (!query.isError || query.isFetchNextPageError) return null;
  if (query.data === undefined) return <Failure error={query.error} retry={() => void query.refetch()} />;
  return <Problem>{`${texts.errors.stale} ${errorText(query.error)}`}</Problem>;
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

// Shown in the place of a page that failed, or that could not be loaded. The navigation stays, and leads away.
export function Crashed({ error }: { error: Error }) {
  const unloaded = error instanceof LoadError;
  const offline = unloaded && isOffline();
  const title = offline ? texts.errors.offline : unloaded ? texts.errors.failed : texts.errors.crashed;
  return (
    <Message icon={offline ? <WifiOff size={32} /> : <CircleAlert size={32} />} title={title}>
      <p>{errorText(error)}</p>
      <div className="row center">
        <button type="button" className="button" onClick={() => window.location.reload()}>
          {texts.errors.reload}
        </button>
        <Link to="/" className="button primary">
          {texts.errors.home}
        </Link>
      </div>
    </Message>
  );
}
