import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { BellRing, Send } from "lucide-react";
import { Secret } from "../access/Secret";
import { notifications, type AlertChannel, type NotificationSettings } from "../api/alerts";
import { ApiError } from "../api/client";
import { errorText } from "../shell/errorText";
import { formatDate } from "../shell/format";
import { ReadFailure } from "../shell/Messages";
import { useNotice } from "../shell/Notices";
import { texts } from "../texts";
import { PushDenied, PushImpossible, pushPossible, subscribeHere } from "./push";

const t = texts.alerts;
const settingsKey = ["notifications"];

function problemOf(error: unknown): string {
  if (error instanceof PushDenied) return t.browserDenied;
  return error instanceof PushImpossible ? t.browserImpossible : errorText(error);
}

// A change of the settings, which are read again whatever comes of it.
function useChange(change: () => Promise<unknown>, done: string) {
  const queries = useQueryClient();
  const notice = useNotice();
  return useMutation({
    mutationFn: change,
    onSuccess: () => notice(done),
    onError: (error) => notice(problemOf(error)),
    onSettled: () => queries.invalidateQueries({ queryKey: settingsKey }),
  });
}

function TestButton({ channel, name }: { channel: AlertChannel; name: string }) {
  const notice = useNotice();
  const testing = useMutation({
    mutationFn: () => notifications.test(channel),
    onSuccess: () => notice(t.testSent),
    onError: (error) => notice(error instanceof ApiError && (error.status === 502 || error.status === 409) ? t.testFailed : errorText(error)),
  });
  return (
    <button type="button" className="button" aria-label={t.testNamed(name)} disabled={testing.isPending} onClick={() => testing.mutate()}>
      <Send size={16} aria-hidden /> {t.test}
    </button>
  );
}

function Mail({ settings }: { settings: NotificationSettings }) {
  const asking = useChange(notifications.askConfirmation, t.confirmSent);
  const usable = settings.is_confirmed && !settings.is_paused;
  const state = !settings.mail_possible ? t.mailImpossible : settings.is_paused ? t.mailPaused : settings.is_confirmed ? t.mailConfirmed : t.mailUnconfirmed;
  return (
    <li className="entry">
      <div className="entry-text">
        <p className="entry-name">{t.mailTo(settings.email)}</p>
        <p className="soft small">{state}</p>
      </div>
      {settings.mail_possible && usable && <TestButton channel={{ type: "email" }} name={t.mailTo(settings.email)} />}
      {settings.mail_possible && !usable && (
        <button type="button" className="button" disabled={asking.isPending} onClick={() => asking.mutate()}>
          {t.confirmAgain}
        </button>
      )}
    </li>
  );
}

function Browser({ id, host, created_at }: NotificationSettings["push_subscriptions"][number]) {
  const removing = useChange(() => notifications.removePush(id), t.browserRemoved);
  return (
    <li className="entry">
      <p className="entry-text small">{t.browserOf(host, formatDate(created_at) ?? "")}</p>
      <button type="button" className="button" aria-label={t.browserRemoveNamed(host)} disabled={removing.isPending} onClick={() => removing.mutate()}>
        {t.browserRemove}
      </button>
    </li>
  );
}

// A device with the iOS app. It is added there.
function Device({ id, created_at }: NotificationSettings["devices"][number]) {
  const removing = useChange(() => notifications.removeDevice(id), t.deviceRemoved);
  const date = formatDate(created_at) ?? "";
  return (
    <li className="entry">
      <p className="entry-text small">{t.deviceOf(date)}</p>
      <button type="button" className="button" aria-label={t.deviceRemoveNamed(date)} disabled={removing.isPending} onClick={() => removing.mutate()}>
        {t.browserRemove}
      </button>
    </li>
  );
}

function Browsers({ settings }: { settings: NotificationSettings }) {
  const adding = useChange(() => subscribeHere(settings.vapid_public_key), t.browserAdded);
  const known = settings.push_subscriptions;
  return (
    <>
      <li className="entry">
        <div className="entry-text">
          <p className="entry-name">{t.browsers}</p>
          {known.length === 0 && <p className="soft small">{t.browsersNone}</p>}
          {!pushPossible() && <p className="soft small">{t.browserImpossible}</p>}
        </div>
        <div className="row">
          {known.length + settings.devices.length > 0 && <TestButton channel={{ type: "push" }} name={t.browsers} />}
          {pushPossible() && (
            <button type="button" className="button" disabled={adding.isPending} onClick={() => adding.mutate()}>
              <BellRing size={16} aria-hidden /> {t.browserAdd}
            </button>
          )}
        </div>
      </li>
      {known.map((one) => (
        <Browser key={one.id} {...one} />
      ))}
      {settings.devices.map((one) => (
        <Device key={one.id} {...one} />
      ))}
    </>
  );
}

// How alerts reach a user: mail, browsers, and the secret of webhooks.
export function NotificationPanel() {
  const query = useQuery({ queryKey: settingsKey, queryFn: ({ signal }) => notifications.settings(signal), staleTime: 0 });
  const settings = query.data;
  return (
    <section className="panel" aria-labelledby="notifications-title" aria-busy={query.isPending}>
      <h2 id="notifications-title">{t.settings}</h2>
      <ReadFailure query={query} />
      {settings && (
        <>
          <ul className="entries">
            <Mail settings={settings} />
            <Browsers settings={settings} />
          </ul>
          <details className="limits">
            <summary>{t.secret}</summary>
            <p className="soft small">{t.secretHint}</p>
            <Secret label={t.secret} text={settings.webhook_secret} />
          </details>
        </>
      )}
    </section>
  );
}
