import { Shirt } from "lucide-react";
import { useState } from "react";

// The pieces of an outfit on one picture. An outfit none of whose pieces has a photo has none.
export function OutfitPicture({ address, alt = "", eager = false }: { address: string; alt?: string; eager?: boolean }) {
  const [broken, setBroken] = useState(false);
  return (
    <span className="outfit-picture">
      {broken ? <Shirt size={36} aria-hidden /> : <img src={address} alt={alt} width={800} height={1000} decoding="async" loading={eager ? "eager" : "lazy"} onError={() => setBroken(true)} />}
    </span>
  );
}
