import "../styles/catalogue.css";
import "../styles/outfits.css";
import "../styles/saved.css";
import { useQuery, type UseQueryResult } from "@tanstack/react-query";
import { useLocation } from "../routing/router";
import { Shirt } from "lucide-react";
import { useState } from "react";
import { useMe } from "../access/me";
import { ApiError } from "../api/client";
import { outfits, type OutfitOrder, type Recommendation } from "../api/outfits";
import { parseState } from "../search/state";
import { GridSkeleton } from "../search/Grid";
import { Message, ReadFailure } from "../shell/Messages";
import { OutfitTabs } from "../saved/OutfitTabs";
import { pageTexts } from "../pageTexts";
import { Gaps } from "./Gaps";
import { orderOf, type Around, type Wishes } from "./order";
import { OutfitPanel } from "./OutfitPanel";
import { WishForm } from "./WishForm";

const t = pageTexts.outfits;
const drawSeed = () => Math.floor(Math.random() * 2 ** 32);

// What is wrong with the place of which the weather is asked, if that is why there are no outfits.
function problemOfPlace(error: unknown): string | undefined {
  if (!(error instanceof ApiError) || !error.field?.startsWith("weather")) return undefined;
  return error.status === 422 ? t.placeUnknown : t.weatherSilent;
}

interface MadeProps {
  query: UseQueryResult<Recommendation>;
  order: OutfitOrder;
  around: Around;
  again: () => void;
}

function MadeOutfits({ query, order, around, again }: MadeProps) {
  const made = query.data;
  return (
    <>
      {!problemOfPlace(query.error) && <ReadFailure query={query} />}
      {query.isLoading && <GridSkeleton count={6} />}
      {made?.outfits.length === 0 && (
        <Message icon={<Shirt size={32} />} title={t.none}>
          <p>{t.noneLead}</p>
        </Message>
      )}
      {made?.outfits.map((outfit, index) => (
        <OutfitPanel key={index} name={t.outfit(index + 1)} outfit={outfit} order={order} around={around} />
      ))}
      {made && made.outfits.length > 0 && (
        <div className="row center">
          <button type="button" className="button" onClick={again}>
            {t.again}
          </button>
        </div>
      )}
      {made && <Gaps gaps={made.gaps} />}
    </>
  );
}

function Outfits({ around }: { around: Around }) {
  const isUser = useMe()?.kind === "user";
  const [wishes, setWishes] = useState<Wishes>({ from: around.garment ? "wardrobe" : "catalogue", occasion: "", season: "", feel: "", place: "", rain: false, taste: true });
  const [seed, setSeed] = useState<number>();
  // Who has signed out meanwhile has no wardrobe.
  const order = orderOf(isUser ? wishes : { ...wishes, from: "catalogue" }, around, seed);
  // A panel goes on from what was read first: it is read once, and anew whenever the page is opened.
  const query = useQuery({ queryKey: ["outfits", order], queryFn: ({ signal }) => outfits.recommend(order, signal), staleTime: Infinity, gcTime: 0 });
  const [isPersonal, setIsPersonal] = useState(false);
  if (query.data?.is_personal && !isPersonal) setIsPersonal(true); // the switch stays while other outfits are made
  const change = (some: Partial<Wishes>) => {
    setWishes((now) => ({ ...now, ...some }));
    setSeed(undefined);
  };
  return (
    <div className="page">
      <header className="page-head">
        <h1>{t.title}</h1>
        <p className="soft">{around.item || around.garment ? t.leadAround : t.lead}</p>
      </header>
      <OutfitTabs />
      <WishForm wishes={wishes} onChange={change} wrongPlace={problemOfPlace(query.error)} used={query.data?.weather} isPersonal={isPersonal} />
      <MadeOutfits key={JSON.stringify(order)} query={query} order={order} around={around} again={() => setSeed(drawSeed())} />
    </div>
  );
}

// Outfits of the catalogue or of the wardrobe, around a piece that the address may name.
export function OutfitsPage() {
  const address = useLocation().searchStr;
  const { around: item, garment } = parseState(address);
  return <Outfits key={address} around={garment ? { garment } : { item }} />;
}
