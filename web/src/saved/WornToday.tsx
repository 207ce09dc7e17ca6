import { Check } from "lucide-react";
import { savedOutfits, type SavedOutfit } from "../api/savedOutfits";
import { useNotice } from "../shell/Notices";
import { texts } from "../texts";
import { today } from "../wardrobe/shared";
import { nameOfOutfit, useSavedChange } from "./shared";

const t = texts.saved;

// Notes that the outfit is worn today, and each of its garments with it.
export function WornToday({ outfit, primary = false }: { outfit: SavedOutfit; primary?: boolean }) {
  const notice = useNotice();
  const wearing = useSavedChange((day: string) => savedOutfits.wear(outfit.id, day));
  const isWorn = outfit.worn_on.includes(today());
  return (
    <button
      type="button"
      className={primary ? "button primary" : "button"}
      aria-label={t.wornTodayOf(nameOfOutfit(outfit))}
      aria-pressed={isWorn}
      disabled={isWorn || wearing.isPending}
      onClick={() => wearing.mutate(today(), { onSuccess: () => notice(t.wornTodayDone) })}
    >
      <Check size={16} aria-hidden /> {t.wornToday}
    </button>
  );
}
