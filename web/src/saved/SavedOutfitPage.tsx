import "../styles/catalogue.css";
import "../styles/access.css";
import "../styles/item.css";
import "../styles/wardrobe.css";
import "../styles/saved.css";
import { useMutation, useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useParams } from "../routing/router";
import { ArrowLeft, Bookmark, Download, Pencil, Share2, Trash2, X } from "lucide-react";
import { useState, type SubmitEvent } from "react";
import { Secret } from "../access/Secret";
import { api, ApiError } from "../api/client";
import { pageOfShared, savedOutfits, type OutfitWrite, type SavedOutfit } from "../api/savedOutfits";
import { DialogFoot, DialogFrame } from "../shell/DialogFrame";
import { errorText } from "../shell/errorText";
import { Field, Problem, textOf } from "../shell/Field";
import { Message, ReadFailure } from "../shell/Messages";
import { useNotice } from "../shell/Notices";
import { saveFile } from "../shell/saveFile";
import { texts } from "../texts";
import { formatDay } from "../wardrobe/shared";
import { OutfitPicture } from "./OutfitPicture";
import { Pieces } from "./Pieces";
import { useRemoval, useRemoved } from "./removing";
import { nameOfOutfit, SAVED, useSavedChange } from "./shared";
import { WornToday } from "./WornToday";

const t = texts.saved;

function EditDialog({ outfit, onClose }: { outfit: SavedOutfit; onClose: () => void }) {
  const saving = useSavedChange((changes: OutfitWrite) => savedOutfits.change(outfit.id, changes), null);
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const now = { name: textOf(form, "name") || null, notes: textOf(form, "notes") || null };
    const changes: OutfitWrite = { ...(now.name !== outfit.name && { name: now.name }), ...(now.notes !== outfit.notes && { notes: now.notes }) };
    if (Object.keys(changes).length === 0) onClose();
    else saving.mutate(changes, { onSuccess: onClose });
  };
  return (
    <DialogFrame title={t.editTitle} onClose={onClose}>
      <form onSubmit={submit} className="account-form">
        <Field label={t.name} name="name" maxLength={100} autoComplete="off" defaultValue={outfit.name ?? ""} />
        <div className="field">
          <label htmlFor="outfit-notes">{t.notes}</label>
          <textarea id="outfit-notes" name="notes" className="input" maxLength={2000} defaultValue={outfit.notes ?? ""} />
        </div>
        <Problem>{saving.isError && errorText(saving.error)}</Problem>
        <DialogFoot go={t.saveName} disabled={saving.isPending} />
      </form>
    </DialogFrame>
  );
}

interface DaysProps {
  days: string[];
  label: string;
  remove: (day: string) => string; // the name of its button
  busy: boolean;
  onRemove: (day: string) => void;
}

function Days({ days, label, remove, busy, onRemove }: DaysProps) {
  return (
    <ul className="days" aria-label={label}>
      {days.map((day) => {
        const name = remove(formatDay(day));
        return (
          <li key={day} className="day">
            <time dateTime={day}>{formatDay(day)}</time>
            <button type="button" className="icon-button small" aria-label={name} title={name} disabled={busy} onClick={() => onRemove(day)}>
              <X size={16} aria-hidden />
            </button>
          </li>
        );
      })}
    </ul>
  );
}

// The days for which the outfit is planned.
function Planned({ outfit }: { outfit: SavedOutfit }) {
  const planning = useSavedChange((planned_for: string[]) => savedOutfits.change(outfit.id, { planned_for }));
  const { planned_for: days } = outfit;
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    const day = textOf(new FormData(form), "day");
    if (day) planning.mutate([...days, day], { onSuccess: () => form.reset() });
  };
  return (
    <section aria-labelledby="outfit-planned">
      <h2 id="outfit-planned">{t.planned}</h2>
      {days.length > 0 && <Days days={days} label={t.planned} remove={t.unplan} busy={planning.isPending} onRemove={(day) => planning.mutate(days.filter((one) => one !== day))} />}
      <form onSubmit={submit} className="day-form">
        <Field label={t.planDay} name="day" type="date" required />
        <button type="submit" className="button" disabled={planning.isPending}>
          {t.planThis}
        </button>
      </form>
    </section>
  );
}

// The days on which it was worn.
function Worn({ outfit }: { outfit: SavedOutfit }) {
  const undoing = useSavedChange((day: string) => savedOutfits.undoWear(outfit.id, day));
  if (outfit.worn_on.length === 0) return null;
  return (
    <section aria-labelledby="outfit-worn">
      <h2 id="outfit-worn">{t.worn}</h2>
      <Days days={[...outfit.worn_on].reverse()} label={t.worn} remove={t.unwear} busy={undoing.isPending} onRemove={(day) => undoing.mutate(day)} />
      <p className="soft small">{t.wornHint}</p>
    </section>
  );
}

// The link by which everybody reads the outfit.
function Sharing({ outfit }: { outfit: SavedOutfit }) {
  const notice = useNotice();
  const sharing = useSavedChange(() => savedOutfits.share(outfit.id));
  const ending = useSavedChange(() => savedOutfits.unshare(outfit.id));
  return (
    <section aria-labelledby="outfit-shared">
      <h2 id="outfit-shared">{t.share}</h2>
      <p className="soft small">{outfit.share_url ? t.sharedLead : t.shareLead}</p>
      {outfit.share_url ? (
        <div className="shared-link">
          <Secret label={t.link} text={pageOfShared(outfit.share_url)} />
          <button type="button" className="button" disabled={ending.isPending} onClick={() => ending.mutate(undefined, { onSuccess: () => notice(t.unshared) })}>
            {t.unshare}
          </button>
        </div>
      ) : (
        <button type="button" className="button" disabled={sharing.isPending} onClick={() => sharing.mutate(undefined)}>
          <Share2 size={16} aria-hidden /> {t.shareGo}
        </button>
      )}
    </section>
  );
}

// The picture as a file.
function DownloadButton({ outfit }: { outfit: SavedOutfit }) {
  const notice = useNotice();
  const saving = useMutation({
    mutationFn: () => api.photo(outfit.picture_url),
    onSuccess: (picture) => saveFile(picture, `${nameOfOutfit(outfit)}.jpg`),
    onError: (error) => notice(error instanceof ApiError && error.status === 404 ? t.noPicture : errorText(error)),
  });
  return (
    <button type="button" className="button" disabled={saving.isPending} onClick={() => saving.mutate()}>
      <Download size={16} aria-hidden /> {t.download}
    </button>
  );
}

function Outfit({ outfit }: { outfit: SavedOutfit }) {
  const navigate = useNavigate();
  const remove = useRemoval();
  const [edits, setEdits] = useState(false);
  const name = nameOfOutfit(outfit);
  const removeThis = () => {
    remove(outfit.id);
    void navigate({ to: "/outfits/saved" });
  };
  return (
    <div className="item-main">
      <section className="gallery saved-large" aria-label={t.picture}>
        <OutfitPicture key={outfit.updated_at} address={outfit.picture_url} alt={t.pictureOf(name)} eager />
      </section>
      <div className="item-facts">
        <h1 dir="auto">{name}</h1>
        {outfit.notes && <p className="description" dir="auto">{outfit.notes}</p>}
        <div className="row">
          <WornToday outfit={outfit} primary />
          <button type="button" className="button" onClick={() => setEdits(true)}>
            <Pencil size={16} aria-hidden /> {t.edit}
          </button>
          <DownloadButton outfit={outfit} />
          <button type="button" className="button" onClick={removeThis}>
            <Trash2 size={16} aria-hidden /> {t.remove}
          </button>
        </div>
        <section aria-labelledby="outfit-pieces">
          <h2 id="outfit-pieces">{t.pieces}</h2>
          <Pieces pieces={outfit.pieces} />
        </section>
        <Planned outfit={outfit} />
        <Worn outfit={outfit} />
        <Sharing outfit={outfit} />
      </div>
      {edits && <EditDialog outfit={outfit} onClose={() => setEdits(false)} />}
    </div>
  );
}

// An outfit that the person has saved.
export function SavedOutfitPage() {
  const { id } = useParams();
  const removed = useRemoved();
  const query = useQuery({ queryKey: [...SAVED, "one", id], queryFn: ({ signal }) => savedOutfits.one(id, signal), staleTime: 0 });
  const { data: outfit, error } = query;
  if (removed.has(id) || (error instanceof ApiError && (error.status === 404 || error.status === 422))) {
    return (
      <Message icon={<Bookmark size={32} />} title={t.missing}>
        <Link to="/outfits/saved" className="button">
          {t.back}
        </Link>
      </Message>
    );
  }
  if (!outfit) return query.isError ? <ReadFailure query={query} /> : <div className="item-page skeleton" role="status" aria-label={texts.loading} />;
  return (
    <article className="item-page">
      <Link to="/outfits/saved" className="text-button back">
        <ArrowLeft size={16} aria-hidden /> {t.back}
      </Link>
      <ReadFailure query={query} />
      <Outfit outfit={outfit} />
    </article>
  );
}
