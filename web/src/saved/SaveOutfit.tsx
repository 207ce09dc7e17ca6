import { Link } from "../routing/router";
import { Bookmark, Check } from "lucide-react";
import { useMe } from "../access/me";
import type { OutfitPiece } from "../api/outfits";
import { savedOutfits, type OutfitWrite } from "../api/savedOutfits";
import { texts } from "../texts";
import { useSavedChange } from "./shared";

const t = texts.saved;

const idsOf = ({ garment, item }: OutfitPiece) => (garment ? { garment_id: garment.id } : { item_id: item?.id });

function Button({ pieces }: { pieces: OutfitWrite["pieces"] }) {
  const saving = useSavedChange(() => savedOutfits.save({ pieces }));
  if (saving.data) {
    return (
      <Link to="/outfits/saved/$id" params={{ id: saving.data.id }} className="button">
        <Check size={16} aria-hidden /> {t.openSaved}
      </Link>
    );
  }
  return (
    <button type="button" className="button" disabled={saving.isPending} onClick={() => saving.mutate(undefined)}>
      <Bookmark size={16} aria-hidden /> {t.save}
    </button>
  );
}

// Saves an outfit for those who have an account. One of which a piece was swapped is another outfit.
export function SaveOutfit({ pieces }: { pieces: OutfitPiece[] }) {
  if (useMe()?.kind !== "user") return null;
  const ids = pieces.map(idsOf);
  return <Button key={JSON.stringify(ids)} pieces={ids} />;
}
