import "../styles/catalogue.css";
import "../styles/item.css";
import "../styles/wardrobe.css";
import "../styles/saved.css";
import { useQuery } from "@tanstack/react-query";
import { useLocation } from "../routing/router";
import { Link2Off } from "lucide-react";
import { ApiError } from "../api/client";
import { savedOutfits } from "../api/savedOutfits";
import { Message, ReadFailure } from "../shell/Messages";
import { texts } from "../texts";
import { OutfitPicture } from "./OutfitPicture";
import { SharedPieces } from "./Pieces";

const t = texts.saved;

function Ended() {
  return (
    <Message icon={<Link2Off size={32} />} title={t.linkEnded}>
      <p>{t.linkEndedLead}</p>
    </Message>
  );
}

function Shared({ token, tenant }: { token: string; tenant: string | null }) {
  const query = useQuery({ queryKey: ["shared-outfit", token, tenant], queryFn: ({ signal }) => savedOutfits.shared(token, tenant, signal), staleTime: 0 });
  const { data: outfit, error } = query;
  if (error instanceof ApiError && error.status === 404) return <Ended />;
  if (!outfit) return query.isError ? <ReadFailure query={query} /> : <div className="item-page skeleton" role="status" aria-label={texts.loading} />;
  const name = outfit.name ?? t.sharedUnnamed;
  return (
    <article className="item-page">
      <div className="item-main">
        <section className="gallery saved-large" aria-label={t.picture}>
          <OutfitPicture address={outfit.picture_url} alt={t.pictureOf(name)} eager />
        </section>
        <div className="item-facts">
          <p className="soft">{t.sharedBy}</p>
          <h1 dir="auto">{name}</h1>
          <section aria-labelledby="shared-pieces">
            <h2 id="shared-pieces">{t.pieces}</h2>
            <SharedPieces pieces={outfit.pieces} />
          </section>
        </div>
      </div>
    </article>
  );
}

// An outfit that somebody shares by a link, for everybody who has it.
export function SharedOutfitPage() {
  const hash = useLocation({ select: (location) => location.hash });
  const given = new URLSearchParams(hash);
  const token = given.get("token")?.trim();
  return token ? <Shared key={hash} token={token} tenant={given.get("tenant")} /> : <Ended />;
}
