import { savedOutfits, type SavedOutfit } from "../api/savedOutfits";
import { GridSkeleton } from "../search/Grid";
import { DialogFrame } from "../shell/DialogFrame";
import { errorText } from "../shell/errorText";
import { Problem } from "../shell/Field";
import { ReadFailure } from "../shell/Messages";
import { MoreButton } from "../shell/MoreButton";
import { texts } from "../texts";
import { OutfitPicture } from "./OutfitPicture";
import { formatLongDay } from "./plan";
import { nameOfOutfit, useSavedChange } from "./shared";
import { useSavedOutfits } from "./useSavedOutfits";

const t = texts.saved;

// Plans one of the saved outfits for a day.
export default function ChooseOutfit({ day, onClose }: { day: string; onClose: () => void }) {
  const { query, saved } = useSavedOutfits();
  const planning = useSavedChange(({ id, planned_for }: SavedOutfit) => savedOutfits.change(id, { planned_for: [...planned_for, day] }), null);
  return (
    <DialogFrame title={t.chooseTitle(formatLongDay(day))} className="wide" onClose={onClose}>
      <ReadFailure query={query} />
      {query.isLoading && <GridSkeleton count={4} />}
      {query.isSuccess && saved.length === 0 && <p className="soft">{t.noneLead}</p>}
      <Problem>{planning.isError && errorText(planning.error)}</Problem>
      <ul className="choose-grid" aria-label={t.title}>
        {saved.map((outfit) => (
          <li key={outfit.id}>
            <button
              type="button"
              className="choose-outfit"
              disabled={planning.isPending || outfit.planned_for.includes(day)}
              onClick={() => planning.mutate(outfit, { onSuccess: onClose })}
            >
              <OutfitPicture address={outfit.picture_url} />
              <span>{nameOfOutfit(outfit)}</span>
            </button>
          </li>
        ))}
      </ul>
      <MoreButton query={query} />
    </DialogFrame>
  );
}
