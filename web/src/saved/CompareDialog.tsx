import type { OutfitParts } from "../api/outfits";
import type { SavedOutfit, SavedPiece } from "../api/savedOutfits";
import { SLOTS } from "../api/wardrobe";
import { DialogFrame } from "../shell/DialogFrame";
import { errorText } from "../shell/errorText";
import { Problem } from "../shell/Field";
import { pageTexts } from "../pageTexts";
import { texts } from "../texts";
import { OutfitPicture } from "./OutfitPicture";
import { PieceThumb } from "./Pieces";
import { nameOfOutfit } from "./shared";
import { useParts } from "./useParts";

const t = texts.saved;
const PARTS = ["compatibility", "colour", "pattern", "occasion", "season", "likeness", "taste"] as const satisfies readonly (keyof OutfitParts)[];

const sumOf = (parts: OutfitParts) => PARTS.reduce((sum, name) => sum + parts[name], 0);
const formatPart = (value: number) => (Math.abs(value) < 0.005 ? "0" : value.toFixed(2).replace("-", "−"));

function Pieces({ pieces }: { pieces: SavedPiece[] }) {
  return (
    <ul className="compared-pieces">
      {pieces.map((piece, index) => (
        <li key={index}>
          <PieceThumb piece={piece} />
          <span className={piece.is_gone ? "soft small" : "small"}>{piece.is_gone ? t.gone : (piece.name ?? t.unnamedPiece)}</span>
        </li>
      ))}
    </ul>
  );
}

interface RowProps {
  name: string;
  values: (number | undefined)[];
}

// A part of the scores; the best one stands out.
function PartRow({ name, values }: RowProps) {
  const best = Math.max(...values.filter((value) => value !== undefined));
  return (
    <tr>
      <th scope="row">{name}</th>
      {values.map((value, index) => (
        <td key={index} className={value === best ? "best" : undefined}>
          {value === undefined ? "–" : formatPart(value)}
        </td>
      ))}
    </tr>
  );
}

// Saved outfits side by side: their pieces by slot, and what speaks for each.
export default function CompareDialog({ outfits, onClose }: { outfits: SavedOutfit[]; onClose: () => void }) {
  const queries = useParts(outfits);
  const parts = queries.map((query) => query.data ?? undefined);
  const failed = queries.find((query) => query.isError);
  const slots = [...SLOTS, null].filter((slot) => outfits.some((outfit) => outfit.pieces.some((piece) => piece.slot === slot)));
  return (
    <DialogFrame title={t.compareTitle} className="wide" onClose={onClose}>
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <div className="compare-scroll" tabIndex={0} role="region" aria-label={t.compareTitle}>
        <table className="compare" aria-busy={queries.some((query) => query.isPending)}>
          <thead>
            <tr>
              <td />
              {outfits.map((outfit) => (
                <th key={outfit.id} scope="col">
                  <OutfitPicture address={outfit.picture_url} />
                  {nameOfOutfit(outfit)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {slots.map((slot) => (
              <tr key={slot}>
                <th scope="row">{slot ? pageTexts.outfits.slots[slot] : t.otherSlot}</th>
                {outfits.map((outfit) => (
                  <td key={outfit.id}>
                    <Pieces pieces={outfit.pieces.filter((piece) => piece.slot === slot)} />
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
          {parts.some(Boolean) && (
            <tbody>
              <PartRow name={t.score} values={parts.map((one) => one && sumOf(one))} />
              {PARTS.map((name) => (
                <PartRow key={name} name={t.parts[name]} values={parts.map((one) => one?.[name])} />
              ))}
            </tbody>
          )}
        </table>
      </div>
      {parts.some(Boolean) && <p className="soft small">{t.scoreHint}</p>}
      <Problem>{failed && errorText(failed.error)}</Problem>
    </DialogFrame>
  );
}
