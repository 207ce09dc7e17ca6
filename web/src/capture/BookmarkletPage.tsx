import "../styles/catalogue.css";
import "../styles/access.css";
import "../styles/sources.css";
import { useMutation } from "@tanstack/react-query";
import { useLocation } from "../routing/router";
import { BookmarkPlus } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { Secret } from "../access/Secret";
import { ApiError } from "../api/client";
import { sources } from "../api/sources";
import { errorText } from "../shell/errorText";
import { Problem } from "../shell/Field";
import { ListingPreview } from "../sources/ListingPreview";
import { pageTexts } from "../pageTexts";
import { awaitPage, bookmarkletOf, type CapturedPage } from "./bookmarklet";

const t = pageTexts.capture;
const WAIT_MS = 6_000;

// React refuses such addresses, and the policy of this page does not run them: the link is there to be dragged.
function Bookmarklet({ address }: { address: string }) {
  const link = useRef<HTMLAnchorElement>(null);
  useEffect(() => link.current?.setAttribute("href", address), [address]);
  return (
    <a ref={link} href="#main" className="button primary bookmarklet" onClick={(event) => event.preventDefault()}>
      <BookmarkPlus size={18} aria-hidden /> {t.button}
    </a>
  );
}

function Explanation() {
  const address = bookmarkletOf(window.location.origin);
  return (
    <div className="page account">
      <header className="page-head">
        <h1>{t.title}</h1>
        <p className="soft">{t.lead}</p>
      </header>
      <section className="panel account-form" aria-labelledby="how">
        <h2 id="how">{t.how}</h2>
        <p>{t.drag}</p>
        <p>
          <Bookmarklet address={address} />
        </p>
        <p>{t.byHand}</p>
        <Secret label={t.code} text={address} />
      </section>
      <section className="panel" aria-labelledby="use">
        <h2 id="use">{t.use}</h2>
        <p>{t.useSteps}</p>
      </section>
      <section className="panel" aria-labelledby="what">
        <h2 id="what">{t.what}</h2>
        <p>{t.whatLead}</p>
        <p className="soft">{t.limits}</p>
      </section>
    </div>
  );
}

function CapturePanel({ page }: { page: CapturedPage }) {
  const storing = useMutation({ mutationFn: () => sources.capture(page.url, page.html) });
  const { data, error } = storing;
  const nothing = error instanceof ApiError && error.status === 422;
  return (
    <section className="panel account-form" aria-labelledby="ask">
      <h1 id="ask">{t.ask}</h1>
      <p>{t.from(new URL(page.url).host)}</p>
      <p className="soft small">{page.url}</p>
      <Problem>{error && (nothing ? t.nothing : errorText(error))}</Problem>
      <p role="status">{storing.isPending ? t.storing : data && (data.listings.length > 0 ? t.done(data.listings.length, data.source.name) : t.nothing)}</p>
      {data && (
        <ul className="previews">
          {data.listings.map((listing) => (
            <ListingPreview key={listing.external_id} listing={listing} />
          ))}
        </ul>
      )}
      <div className="row end">
        <button type="button" className="button" onClick={() => window.close()}>
          {t.close}
        </button>
        {!data && (
          <button type="button" className="button primary" disabled={storing.isPending} onClick={() => storing.mutate()}>
            {t.store}
          </button>
        )}
      </div>
    </section>
  );
}

// The window that the bookmarklet opens. Any page can open it, so nothing is sent before the person agrees.
function Capture() {
  const [page, setPage] = useState<CapturedPage>();
  const [late, setLate] = useState(false);
  useEffect(() => awaitPage((given) => setPage((now) => now ?? given)), []);
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), WAIT_MS);
    return () => clearTimeout(timer);
  }, []);
  return (
    <div className="page account">
      {page ? (
        <CapturePanel page={page} />
      ) : (
        <>
          <h1 className="hidden-text">{t.title}</h1>
          <p role="status">{late ? t.noPage : t.waiting}</p>
        </>
      )}
    </div>
  );
}

export function BookmarkletPage() {
  const capturing = useLocation({ select: ({ hash }) => hash === "capture" });
  return capturing ? <Capture /> : <Explanation />;
}
