import "../styles/catalogue.css";
import "../styles/access.css";
import "../styles/clusters.css";
import "../styles/wardrobe.css";
import "../styles/saved.css";
import { Link } from "../routing/router";
import { Bookmark, Columns3 } from "lucide-react";
import { useState } from "react";
import type { SavedOutfit } from "../api/savedOutfits";
import { GridSkeleton } from "../search/Grid";
import { lazyPart } from "../shell/lazyPart";
import { Message, ReadFailure } from "../shell/Messages";
import { MoreButton } from "../shell/MoreButton";
import { SelectionBar } from "../shell/SelectionBar";
import { pageTexts } from "../pageTexts";
import { texts } from "../texts";
import { formatDay, today } from "../wardrobe/shared";
import { OutfitPicture } from "./OutfitPicture";
import { OutfitTabs } from "./OutfitTabs";
import { nameOfOutfit } from "./shared";
import { useSavedOutfits } from "./useSavedOutfits";
import { WornToday } from "./WornToday";

const CompareDialog = lazyPart(() => import("./CompareDialog"));
const t = texts.saved;
const MOST_COMPARED = 3;

// When the outfit is worn next, otherwise how often it was.
function daysOf({ planned_for, worn_on }: SavedOutfit): string {
  const next = planned_for.find((day) => day >= today());
  return next ? t.plannedFor(formatDay(next)) : pageTexts.wardrobe.wears(worn_on.length);
}

interface CardProps {
  outfit: SavedOutfit;
  eager: boolean;
  isChosen: boolean;
  mayChoose: boolean;
  onChoose: () => void;
}

function SavedCard({ outfit, eager, isChosen, mayChoose, onChoose }: CardProps) {
  const name = nameOfOutfit(outfit);
  return (
    <li className="saved-card" data-id={outfit.id}>
      <Link to="/outfits/saved/$id" params={{ id: outfit.id }} className="garment-link">
        <OutfitPicture address={outfit.picture_url} eager={eager} />
        <span className="garment-name">{name}</span>
        <span className="soft small">{daysOf(outfit)}</span>
      </Link>
      <div className="saved-actions">
        <WornToday outfit={outfit} />
        <label className="choice small">
          <input type="checkbox" checked={isChosen} disabled={!isChosen && !mayChoose} aria-label={t.compareNamed(name)} onChange={onChoose} />
          <span aria-hidden>{t.compare}</span>
        </label>
      </div>
    </li>
  );
}

// The outfits that the person has saved, to look at and to compare.
export function SavedOutfitsPage() {
  const { query, saved } = useSavedOutfits();
  const [chosen, setChosen] = useState<string[]>([]);
  const [compares, setCompares] = useState(false);
  const compared = saved.filter(({ id }) => chosen.includes(id));
  const toggle = (id: string) => setChosen(chosen.includes(id) ? chosen.filter((one) => one !== id) : [...chosen, id]);
  return (
    <div className="page">
      <header className="page-head">
        <h1>{t.title}</h1>
        <p className="soft">{t.lead}</p>
      </header>
      <OutfitTabs />
      <ReadFailure query={query} />
      {query.isLoading && <GridSkeleton count={6} />}
      {query.isSuccess && saved.length === 0 && !query.hasNextPage && (
        <Message icon={<Bookmark size={32} />} title={t.none}>
          <p>{t.noneLead}</p>
          <Link to="/outfits" className="button primary">
            {t.make}
          </Link>
        </Message>
      )}
      <SelectionBar count={compared.length} onClear={() => setChosen([])}>
        <button type="button" className="button" disabled={compared.length < 2} onClick={() => setCompares(true)}>
          <Columns3 size={17} aria-hidden /> {t.compare}
        </button>
      </SelectionBar>
      <ul className="saved-grid" aria-label={t.title} aria-busy={query.isPending}>
        {saved.map((outfit, index) => (
          <SavedCard
            key={outfit.id}
            outfit={outfit}
            eager={index < 4}
            isChosen={chosen.includes(outfit.id)}
            mayChoose={compared.length < MOST_COMPARED}
            onChoose={() => toggle(outfit.id)}
          />
        ))}
      </ul>
      {query.hasNextPage && (
        <div className="row center">
          <MoreButton query={query} />
        </div>
      )}
      {compares && compared.length > 0 && <CompareDialog outfits={compared} onClose={() => setCompares(false)} onFail={() => setCompares(false)} />}
    </div>
  );
}
