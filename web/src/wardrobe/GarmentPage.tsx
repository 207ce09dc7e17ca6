import "../styles/catalogue.css";
import "../styles/access.css";
import "../styles/item.css";
import "../styles/wardrobe.css";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useParams } from "../routing/router";
import { ArrowLeft, Check, Pencil, Shirt, Tag, Trash2 } from "lucide-react";
import { useState } from "react";
import { useMay } from "../access/me";
import { ApiError } from "../api/client";
import { STATES, wardrobe, type Garment } from "../api/wardrobe";
import { PROPERTIES } from "../search/state";
import { Changes } from "../shell/Changes";
import { ConfirmDialog } from "../shell/ConfirmDialog";
import { errorText } from "../shell/errorText";
import { Facts } from "../shell/Facts";
import { SelectField } from "../shell/Field";
import { formatPrice, swatch } from "../shell/format";
import { Message, ReadFailure } from "../shell/Messages";
import { useNotice } from "../shell/Notices";
import { whileAllowed } from "../shell/queries";
import { pageTexts } from "../pageTexts";
import { texts, valueName } from "../texts";
import { GarmentDialog } from "./GarmentDialog";
import { GarmentPhotos } from "./GarmentPhotos";
import { OfflineLine } from "./OfflineLine";
import { WARDROBE } from "./queryKey";
import { formatDay, isNew, nameOfGarment, today, useWardrobeChange } from "./shared";
import { useKeptWardrobe, useOfflineCopy } from "./useOffline";
import { WearLog } from "./WearLog";

const t = pageTexts.wardrobe;
const POLL_MS = 2_000;

function Properties({ garment }: { garment: Garment }) {
  const known = PROPERTIES.filter((name) => name in garment.properties || name in garment.property_origins);
  if (known.length === 0) return <p className="soft">{isNew(garment) ? t.looking : texts.item.noProperties}</p>;
  return (
    <dl className="properties">
      {known.map((name) => {
        const value = garment.properties[name];
        const colour = value && name.endsWith("color") ? swatch(value) : undefined;
        return (
          <div key={name}>
            <dt>{texts.properties[name]}</dt>
            <dd>
              {colour && (
                <svg className="dot" viewBox="0 0 12 12" aria-hidden>
                  <circle cx="6" cy="6" r="5.5" fill={colour} />
                </svg>
              )}
              {value ? valueName(value, name) : t.without}
              <small>{t.origins[garment.property_origins[name]?.origin ?? ""]}</small>
            </dd>
          </div>
        );
      })}
    </dl>
  );
}

const listingProblem = (error: unknown) => (error instanceof ApiError && error.field === "photos" ? t.listingNeedsPhoto : errorText(error));

// A hidden item that is made of the garment, and the way to the one that was made.
function Listing({ garment }: { garment: Garment }) {
  const may = useMay();
  const notice = useNotice();
  const making = useWardrobeChange(() => wardrobe.makeListing(garment.id), listingProblem);
  if (garment.item_id && may("items:read")) {
    return (
      <Link to="/items/$id" params={{ id: garment.item_id }} className="button">
        <Tag size={16} aria-hidden /> {t.openListing}
      </Link>
    );
  }
  if (garment.item_id || !may("items:write")) return null;
  return (
    <button type="button" className="button" disabled={making.isPending} onClick={() => making.mutate(undefined, { onSuccess: () => notice(t.listingMade) })}>
      <Tag size={16} aria-hidden /> {t.makeListing}
    </button>
  );
}

function GarmentFacts({ garment, onEdit, onRemove }: { garment: Garment; onEdit: () => void; onRemove: () => void }) {
  const notice = useNotice();
  const wearing = useWardrobeChange((day: string) => wardrobe.wear(garment.id, day));
  const changing = useWardrobeChange((state: Garment["state"]) => wardrobe.change(garment.id, { state }));
  const isWornToday = garment.worn_on?.includes(today()) ?? false;
  return (
    <div className="item-facts">
      <p className="soft">{[garment.brand, garment.size && texts.card.size(garment.size), garment.slot && t.slots[garment.slot]].filter(Boolean).join(" · ")}</p>
      <h1 dir="auto">{nameOfGarment(garment)}</h1>
      <Changes>
        <div className="garment-state">
          <SelectField label={t.state} value={changing.isPending ? changing.variables : garment.state} options={STATES.map((one) => [one, t.states[one] ?? one])} onChange={(state) => changing.mutate(state)} />
        </div>
        <div className="row">
          <button
            type="button"
            className="button primary"
            aria-pressed={isWornToday}
            disabled={isWornToday || wearing.isPending}
            onClick={() => wearing.mutate(today(), { onSuccess: () => notice(t.wornTodayDone) })}
          >
            <Check size={18} aria-hidden /> {t.wornToday}
          </button>
          <button type="button" className="button" onClick={onEdit}>
            <Pencil size={16} aria-hidden /> {t.edit}
          </button>
          <Listing garment={garment} />
          <button type="button" className="button" onClick={onRemove}>
            <Trash2 size={16} aria-hidden /> {t.remove}
          </button>
        </div>
      </Changes>
      <section>
        <h2>{t.properties}</h2>
        <Properties garment={garment} />
      </section>
      <section>
        <h2>{t.details}</h2>
        <Facts
          className="properties"
          facts={[
            [t.price, formatPrice(garment.price, garment.currency)],
            [t.perWear, formatPrice(garment.cost_per_wear, garment.currency)],
            [t.boughtOn, garment.bought_on && formatDay(garment.bought_on)],
            [t.care, garment.care],
            [t.tags, garment.tags.join(", ")],
          ]}
        />
        {garment.notes && (
          <>
            <h3 className="soft small garment-notes">{t.notes}</h3>
            <p className="description" dir="auto">{garment.notes}</p>
          </>
        )}
      </section>
      <WearLog garment={garment} />
    </div>
  );
}

export function GarmentPage() {
  const { id } = useParams();
  const navigate = useNavigate();
  const notice = useNotice();
  const [doing, setDoing] = useState<"edit" | "remove">();
  const query = useQuery({
    queryKey: [...WARDROBE, "garment", id],
    queryFn: ({ signal }) => wardrobe.one(id, signal),
    staleTime: 0,
    refetchInterval: (garment) => (garment.state.data && isNew(garment.state.data) ? whileAllowed(POLL_MS)(garment) : false),
  });
  const removing = useWardrobeChange(async () => {
    await wardrobe.remove(id);
    notice(t.removed);
    await navigate({ to: "/wardrobe" });
  }, null);
  const copy = useOfflineCopy();
  useKeptWardrobe();
  const { error } = query;
  const garment = query.data ?? copy?.garments.find((one) => one.id === id);
  if (error instanceof ApiError && (error.status === 404 || error.status === 422)) {
    return (
      <Message icon={<Shirt size={32} />} title={t.missing}>
        <Link to="/wardrobe" className="button">
          {t.back}
        </Link>
      </Message>
    );
  }
  if (!garment) return query.isError ? <ReadFailure query={query} /> : <div className="item-page skeleton" role="status" aria-label={texts.loading} />;
  const close = () => setDoing(undefined);
  return (
    <article className="item-page">
      <Link to="/wardrobe" className="text-button back">
        <ArrowLeft size={16} aria-hidden /> {t.back}
      </Link>
      {copy ? <OfflineLine at={query.data ? new Date(query.dataUpdatedAt).toISOString() : copy.at} /> : <ReadFailure query={query} />}
      <div className="item-main">
        <GarmentPhotos key={garment.id} garment={garment} />
        <GarmentFacts garment={garment} onEdit={() => setDoing("edit")} onRemove={() => setDoing("remove")} />
      </div>
      {doing === "edit" && <GarmentDialog garment={garment} onClose={close} />}
      {doing === "remove" && (
        <ConfirmDialog title={t.removeTitle} lead={t.removeLead(nameOfGarment(garment))} go={t.remove} act={() => removing.mutateAsync(undefined)} onDone={close} onClose={close} />
      )}
    </article>
  );
}
