import "../styles/catalogue.css";
import "../styles/access.css";
import { useQuery } from "@tanstack/react-query";
import { Link } from "../routing/router";
import { Heart, Pencil, Trash2 } from "lucide-react";
import { useState, type SubmitEvent } from "react";
import { favourites, type Favourite, type FavouriteList } from "../api/favourites";
import { ApiError } from "../api/client";
import { ConfirmDialog } from "../shell/ConfirmDialog";
import { errorText } from "../shell/errorText";
import { Field, Problem, textOf } from "../shell/Field";
import { formatPrice } from "../shell/format";
import { ReadFailure } from "../shell/Messages";
import { titleOf } from "../shell/titleOf";
import { texts } from "../texts";
import { SavedTabs } from "./SavedTabs";
import { listsOptions, useFavouriteChange } from "./useFavourites";

const t = texts.favourites;
const nameProblem = (error: unknown) => (error instanceof ApiError && error.status === 409 && error.field === "name" ? t.taken : errorText(error));

// Asks for a name: of a new list, or of one that there is.
function NameForm({ name, go, save, onDone }: { name?: string; go: string; save: (name: string) => Promise<unknown>; onDone?: () => void }) {
  const saving = useFavouriteChange(save, null);
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    saving.mutate(textOf(new FormData(form), "name"), {
      onSuccess: () => {
        form.reset();
        onDone?.();
      },
    });
  };
  return (
    <form onSubmit={submit} className="account-form">
      <Field label={t.name} name="name" required maxLength={100} autoComplete="off" defaultValue={name} />
      <Problem>{saving.isError && nameProblem(saving.error)}</Problem>
      <div className="row">
        <button type="submit" className="button" disabled={saving.isPending}>
          {go}
        </button>
        {onDone && (
          <button type="button" className="button" onClick={onDone}>
            {texts.cancel}
          </button>
        )}
      </div>
    </form>
  );
}

function Entry({ favourite, list, others }: { favourite: Favourite; list: FavouriteList; others: FavouriteList[] }) {
  const { item, item_id } = favourite;
  const taking = useFavouriteChange(() => favourites.take(list.id, item_id));
  const moving = useFavouriteChange(async (to: string) => {
    await favourites.add(to, item_id);
    await favourites.take(list.id, item_id);
  });
  const title = item ? titleOf(item) : t.gone;
  const image = item?.images[0];
  return (
    <li className={item ? "entry" : "entry dimmed"}>
      {image ? <img src={image.thumbnail_url} alt="" width={48} height={60} className="entry-image" loading="lazy" /> : <Heart size={20} aria-hidden className="soft" />}
      <div className="entry-text">
        <p className="entry-name">{item ? <Link to="/items/$id" params={{ id: item_id }}>{title}</Link> : title}</p>
        {item && <p className="soft small">{[formatPrice(item.price, item.currency), item.brand ?? item.source].filter(Boolean).join(" · ")}</p>}
      </div>
      {item && others.length > 0 && (
        <select className="input role" aria-label={t.move(title)} value="" disabled={moving.isPending} onChange={(event) => moving.mutate(event.currentTarget.value)}>
          <option value="">{t.moveTo}</option>
          {others.map((one) => (
            <option key={one.id} value={one.id}>
              {one.name}
            </option>
          ))}
        </select>
      )}
      <button type="button" className="icon-button small" aria-label={t.take(title)} title={t.take(title)} disabled={taking.isPending} onClick={() => taking.mutate(undefined)}>
        <Trash2 size={17} aria-hidden />
      </button>
    </li>
  );
}

function List({ list, others }: { list: FavouriteList; others: FavouriteList[] }) {
  const [doing, setDoing] = useState<"rename" | "remove">();
  const query = useQuery({ queryKey: [...listsOptions.queryKey, list.id, list.item_ids], queryFn: ({ signal }) => favourites.list(list.id, signal), placeholderData: (last) => last });
  const removing = useFavouriteChange(() => favourites.remove(list.id), null);
  const done = () => setDoing(undefined);
  return (
    <section className="panel" aria-label={list.name}>
      <div className="row between">
        <h2>{list.name}</h2>
        <div className="row">
          <button type="button" className="icon-button small" aria-label={t.rename(list.name)} title={t.rename(list.name)} onClick={() => setDoing("rename")}>
            <Pencil size={17} aria-hidden />
          </button>
          <button type="button" className="icon-button small" aria-label={t.remove(list.name)} title={t.remove(list.name)} onClick={() => setDoing("remove")}>
            <Trash2 size={17} aria-hidden />
          </button>
        </div>
      </div>
      {doing === "rename" && <NameForm name={list.name} go={t.save} save={(name) => favourites.rename(list.id, name)} onDone={done} />}
      <ReadFailure query={query} />
      {list.item_ids.length === 0 && <p className="soft">{t.empty}</p>}
      <ul className="entries">
        {query.data?.items.map((one) => <Entry key={one.item_id} favourite={one} list={list} others={others} />)}
      </ul>
      {doing === "remove" && (
        <ConfirmDialog title={t.removeTitle} lead={t.removeLead(list.name)} go={t.removeGo} act={() => removing.mutateAsync(undefined)} onDone={done} onClose={done} />
      )}
    </section>
  );
}

export function FavouritesPage() {
  const query = useQuery({ ...listsOptions, staleTime: 0 });
  const lists = query.data?.lists ?? [];
  return (
    <div className="page account">
      <header className="page-head">
        <h1>{t.title}</h1>
      </header>
      <SavedTabs />
      <ReadFailure query={query} />
      {query.data && lists.length === 0 && <p className="soft">{t.none}</p>}
      {lists.map((list) => (
        <List key={list.id} list={list} others={lists.filter((one) => one !== list)} />
      ))}
      <section className="panel" aria-labelledby="new-list-title">
        <h2 id="new-list-title">{t.newTitle}</h2>
        <NameForm go={t.create} save={favourites.create} />
      </section>
    </div>
  );
}
