import "../styles/catalogue.css";
import "../styles/access.css";
import { useMutation, useQuery } from "@tanstack/react-query";
import { Link, useLocation } from "../routing/router";
import { BellOff, CircleCheck, Link2Off } from "lucide-react";
import { mayOpen, useMe } from "../access/me";
import { notifications } from "../api/alerts";
import { ApiError } from "../api/client";
import { errorText } from "../shell/errorText";
import { Problem } from "../shell/Field";
import { Failure, Message } from "../shell/Messages";
import { texts } from "../texts";

const t = texts.alerts;

// The token is behind the "#", which browsers do not send: it is in no log of a server or proxy.
const useToken = () => useLocation({ select: ({ hash }) => new URLSearchParams(hash).get("token")?.trim() ?? "" });
const isSpent = (error: unknown) => error instanceof ApiError && (error.status === 404 || error.status === 422);

function Spent() {
  return (
    <Message icon={<Link2Off size={32} />} title={t.linkWrong}>
      <p>{t.linkWrongLead}</p>
    </Message>
  );
}

function Ended({ title, lead = t.endedLead }: { title: string; lead?: string }) {
  return (
    <Message icon={<BellOff size={32} />} title={title}>
      <p>{lead}</p>
    </Message>
  );
}

function Unsubscribe({ token }: { token: string }) {
  const query = useQuery({ queryKey: ["subscription", token], queryFn: ({ signal }) => notifications.subscription(token, signal), staleTime: 0 });
  const ending = useMutation({ mutationFn: (all: boolean) => notifications.unsubscribe(token, all) });
  if (isSpent(query.error) || isSpent(ending.error)) return <Spent />;
  if (query.isError) return <Failure error={query.error} retry={() => void query.refetch()} />;
  const one = ending.variables === false ? query.data?.saved_search : null;
  if (ending.isSuccess) return <Ended title={t.ended} lead={one ? t.endedOneLead(one) : undefined} />;
  if (!query.data) return <div className="page narrow skeleton" role="status" aria-label={texts.loading} />;
  const { email, saved_search: search, is_subscribed: subscribed } = query.data;
  if (!subscribed && search === null) return <Ended title={t.endedAlready} />;
  return (
    <section className="page narrow" aria-labelledby="unsubscribe-title">
      <div className="panel">
        <h1 id="unsubscribe-title">{t.unsubscribe}</h1>
        <p className="soft">{!subscribed ? t.endedAlready : search === null ? t.ofAll(email) : t.ofSearch(search, email)}</p>
        <Problem>{ending.isError && errorText(ending.error)}</Problem>
        <div className="sign-in">
          {search !== null && subscribed && (
            <button type="button" className="button primary" disabled={ending.isPending} onClick={() => ending.mutate(false)}>
              {t.endOne}
            </button>
          )}
          <button type="button" className={search === null ? "button primary" : "button"} disabled={ending.isPending} onClick={() => ending.mutate(true)}>
            {t.endAll}
          </button>
        </div>
      </div>
    </section>
  );
}

function Confirm({ token }: { token: string }) {
  const me = useMe();
  const confirming = useMutation({ mutationFn: () => notifications.confirm(token) });
  if (isSpent(confirming.error)) return <Spent />;
  if (confirming.data) {
    return (
      <Message icon={<CircleCheck size={32} />} title={t.confirmedTitle}>
        <p>{t.confirmedLead(confirming.data.email)}</p>
        {mayOpen(me, "/saved-searches") && (
          <Link to="/saved-searches" className="button">
            {t.title}
          </Link>
        )}
      </Message>
    );
  }
  return (
    <section className="page narrow" aria-labelledby="confirm-title">
      <div className="panel">
        <h1 id="confirm-title">{t.confirmTitle}</h1>
        <p className="soft">{t.confirmLead}</p>
        <Problem>{confirming.isError && errorText(confirming.error)}</Problem>
        <div className="sign-in">
          <button type="button" className="button primary" disabled={confirming.isPending} onClick={() => confirming.mutate()}>
            {t.confirmGo}
          </button>
        </div>
      </div>
    </section>
  );
}

// Programs that look into mails open their links: both pages change nothing before a button is pressed.
export function UnsubscribePage() {
  const token = useToken();
  return token ? <Unsubscribe key={token} token={token} /> : <Spent />;
}

export function ConfirmPage() {
  const token = useToken();
  return token ? <Confirm key={token} token={token} /> : <Spent />;
}
