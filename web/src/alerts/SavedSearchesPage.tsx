import "../styles/catalogue.css";
import "../styles/access.css";
import "../styles/alerts.css";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useLocation } from "../routing/router";
import { Bell } from "lucide-react";
import { useState } from "react";
import { inStudio, useMe } from "../access/me";
import { savedSearches, type SavedSearch } from "../api/alerts";
import { SavedTabs } from "../favourites/SavedTabs";
import { ConfirmDialog } from "../shell/ConfirmDialog";
import { errorText } from "../shell/errorText";
import { Message, ReadFailure } from "../shell/Messages";
import { useNotice } from "../shell/Notices";
import { texts } from "../texts";
import { EditSearchDialog } from "./EditSearchDialog";
import { NotificationPanel } from "./NotificationPanel";
import { SavedSearchRow } from "./SavedSearchRow";

const t = texts.alerts;
const searchesKey = ["saved-searches"];

type Step = { name: "edit" | "remove"; search: SavedSearch };

// The own saved searches with their latest finds, and how alerts reach a user.
export function SavedSearchesPage() {
  const queries = useQueryClient();
  const notice = useNotice();
  const me = useMe();
  const query = useQuery({ queryKey: searchesKey, queryFn: ({ signal }) => savedSearches.list(signal), staleTime: 0 });
  const studio = inStudio(useLocation().pathname);
  const [step, setStep] = useState<Step>();
  const refresh = () => void queries.invalidateQueries({ queryKey: searchesKey });
  const pausing = useMutation({
    mutationFn: (search: SavedSearch) => savedSearches.change(search.id, { is_active: !search.is_active }),
    onError: (error) => notice(errorText(error)),
    onSettled: refresh,
  });
  const done = (text: string) => {
    notice(text);
    setStep(undefined);
    refresh();
  };
  const known = query.data?.saved_searches ?? [];
  return (
    <div className="page">
      <header className="page-head">
        <h1>{t.title}</h1>
        <p className="soft">{t.lead}</p>
      </header>
      {!studio && <SavedTabs />}
      <ReadFailure query={query} />
      {query.isSuccess && known.length === 0 && (
        <Message icon={<Bell size={32} />} title={t.none}>
          <p>{t.noneLead}</p>
          <Link to="/" className="button primary">
            {t.search}
          </Link>
        </Message>
      )}
      <ul className="saved-searches" aria-label={t.title} aria-busy={query.isPending}>
        {known.map((search) => (
          <SavedSearchRow
            key={search.id}
            search={search}
            busy={pausing.isPending}
            onPause={() => pausing.mutate(search)}
            onEdit={() => setStep({ name: "edit", search })}
            onRemove={() => setStep({ name: "remove", search })}
          />
        ))}
      </ul>
      {me?.kind === "user" && <NotificationPanel />}
      {step?.name === "edit" && <EditSearchDialog search={step.search} onClose={() => setStep(undefined)} onSaved={() => done(t.changed)} />}
      {step?.name === "remove" && (
        <ConfirmDialog
          title={t.removeTitle}
          lead={t.removeLead(step.search.name)}
          go={t.remove}
          act={() => savedSearches.remove(step.search.id)}
          onDone={() => done(t.removed)}
          onClose={() => setStep(undefined)}
        />
      )}
    </div>
  );
}
