import { ApiError } from "../api/client";
import { errorText } from "../shell/errorText";
import { percent } from "../shell/format";
import { useReachable } from "../shell/reachable";
import { pageTexts } from "../pageTexts";
import { texts } from "../texts";
import { isOpen, mayRetry, useSending, useSent, type Sent } from "./sending";

const t = pageTexts.uploads;
const MOST_SHOWN = 100;

// A refused file is described by the server's code.
function whyOf(error: unknown): string {
  return error instanceof ApiError && error.code && error.code in t.reasons ? t.reason(error.code, "") : errorText(error);
}

// What is being done with a file.
export function stateOf({ state }: Sent, reachable: boolean): string {
  return state === "waiting" && !reachable ? t.held : (t.sending[state] ?? state);
}

function SentRow({ sent }: { sent: Sent }) {
  const sending = useSending();
  const reachable = useReachable();
  return (
    <li className="entry">
      <div className="entry-text">
        <p className="entry-name">
          <span className="asset-name">{sent.name}</span> <span className={`status ${sent.state}`}>{stateOf(sent, reachable)}</span>
        </p>
        {sent.state === "failed" && <p className="small asset-error">{whyOf(sent.error)}</p>}
        {isOpen(sent) && (
          <div className="progress wide" role="progressbar" aria-label={t.progressOf(sent.name)} aria-valuenow={percent(sent.share)}>
            <div className="progress-track">
              <div className="progress-bar" style={{ width: `${percent(sent.share)}%` }} />
            </div>
          </div>
        )}
      </div>
      {sent.state === "failed" && mayRetry(sent.error) && (
        <button type="button" className="button" aria-label={t.retryNamed(sent.name)} onClick={() => sending.retry(sent.key)}>
          {texts.retry}
        </button>
      )}
    </li>
  );
}

// The files that this window is sending, and those of them that were refused.
export function SentFiles() {
  const sending = useSending();
  const sent = useSent();
  const reachable = useReachable();
  const open = sent.filter(isOpen).length;
  if (sent.length === 0) return null;
  return (
    <section className="panel" aria-label={t.sent}>
      <div className="sent-head">
        <p aria-live="polite">{open === 0 ? t.allSent : reachable ? t.left(open) : t.leftOffline(open)}</p>
        <button type="button" className="button" onClick={open > 0 ? sending.stop : sending.clear}>
          {open > 0 ? t.stop : t.clear}
        </button>
      </div>
      <ul className="entries">
        {sent.slice(0, MOST_SHOWN).map((one) => (
          <SentRow key={one.key} sent={one} />
        ))}
      </ul>
      {sent.length > MOST_SHOWN && <p className="soft small">{t.moreWaiting(sent.length - MOST_SHOWN)}</p>}
    </section>
  );
}
