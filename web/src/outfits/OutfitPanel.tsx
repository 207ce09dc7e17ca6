import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { outfits, type Outfit, type OutfitOrder, type OutfitPiece } from "../api/outfits";
import { errorText } from "../shell/errorText";
import { useNotice } from "../shell/Notices";
import { SaveOutfit } from "../saved/SaveOutfit";
import { pageTexts } from "../pageTexts";
import { isAround, keyOf, swapOrder, type Around } from "./order";
import { PieceCard } from "./PieceCard";

const t = pageTexts.outfits;

interface Props {
  name: string;
  outfit: Outfit;
  order: OutfitOrder; // that the outfit answers
  around: Around;
}

// An outfit of which single pieces are swapped while the rest stays.
export function OutfitPanel({ name, outfit: first, order, around }: Props) {
  const [outfit, setOutfit] = useState(first);
  const [before, setBefore] = useState<OutfitPiece[]>([]);
  const notice = useNotice();
  const swap = useMutation({
    mutationFn: (piece: OutfitPiece) => outfits.recommend(swapOrder(order, outfit, piece, around, before)),
    onSuccess: (made, piece) => {
      const next = made.outfits[0];
      if (!next || next.pieces.length < outfit.pieces.length) {
        notice(t.nothingElse);
        return;
      }
      setBefore([...before, piece]);
      setOutfit(next);
    },
    onError: (error) => notice(errorText(error)),
  });
  return (
    <section className="panel outfit" aria-label={name} aria-busy={swap.isPending}>
      <div className="row between">
        <h2>{name}</h2>
        <SaveOutfit pieces={outfit.pieces} />
      </div>
      <ul className="outfit-pieces" aria-label={t.piecesOf(name)}>
        {outfit.pieces.map((piece) => (
          <PieceCard key={keyOf(piece)} piece={piece} swap={isAround(piece, around) ? undefined : () => swap.mutate(piece)} isBusy={swap.isPending} />
        ))}
      </ul>
      {outfit.empty_slots.length > 0 && <p className="soft small">{t.missing(outfit.empty_slots.map((slot) => t.slots[slot]))}</p>}
    </section>
  );
}
