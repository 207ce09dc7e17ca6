import { Link } from "../routing/router";
import { Shirt } from "lucide-react";
import { useState, type ReactNode } from "react";
import type { SavedPiece } from "../api/savedOutfits";
import { pageTexts } from "../pageTexts";
import { texts } from "../texts";

const t = texts.saved;

// What a shared outfit tells of a piece too.
type Shown = Pick<SavedPiece, "name" | "slot" | "thumbnail_url" | "is_gone">;

export function PieceThumb({ piece: { thumbnail_url } }: { piece: Shown }) {
  const [broken, setBroken] = useState(false);
  return (
    <span className="piece-thumb">
      {thumbnail_url && !broken ? <img src={thumbnail_url} alt="" width={56} height={70} loading="lazy" decoding="async" onError={() => setBroken(true)} /> : <Shirt size={20} aria-hidden />}
    </span>
  );
}

function PieceName({ piece }: { piece: SavedPiece }) {
  const name = piece.name ?? t.unnamedPiece;
  if (piece.garment_id) {
    return (
      <Link to="/wardrobe/$id" params={{ id: piece.garment_id }}>
        {name}
      </Link>
    );
  }
  return (
    <Link to="/items/$id" params={{ id: piece.item_id ?? "" }}>
      {name}
    </Link>
  );
}

// A piece of an outfit in a line. `children`: its name.
function PieceRow({ piece, children }: { piece: Shown; children: ReactNode }) {
  return (
    <li className={piece.is_gone ? "saved-piece soft" : "saved-piece"}>
      <PieceThumb piece={piece} />
      <span>
        {piece.is_gone ? t.gone : children}
        {piece.slot && <small className="soft">{pageTexts.outfits.slots[piece.slot]}</small>}
      </span>
    </li>
  );
}

// The pieces of the own outfit, each with the way to it.
export function Pieces({ pieces }: { pieces: SavedPiece[] }) {
  return (
    <ul className="saved-pieces" aria-label={t.pieces}>
      {pieces.map((piece, index) => (
        <PieceRow key={index} piece={piece}>
          <PieceName piece={piece} />
        </PieceRow>
      ))}
    </ul>
  );
}

// The pieces of an outfit of somebody else.
export function SharedPieces({ pieces }: { pieces: Shown[] }) {
  return (
    <ul className="saved-pieces" aria-label={t.pieces}>
      {pieces.map((piece, index) => (
        <PieceRow key={index} piece={piece}>
          {piece.name ?? t.unnamedPiece}
        </PieceRow>
      ))}
    </ul>
  );
}
