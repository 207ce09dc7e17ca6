import { useQuery } from "@tanstack/react-query";
import { Link2Off } from "lucide-react";
import { useEffect } from "react";
import { useMe } from "../access/me";
import { ApiError } from "../api/client";
import { shortLinks } from "../api/links";
import { chooseTenant } from "../api/tenant";
import { pageTexts } from "../pageTexts";
import { fromMiniature, miniature } from "../photo/prepare";
import { savePhoto } from "../photo/store";
import { Link, useLocation, useNavigate, useParams } from "../routing/router";
import { Message, ReadFailure } from "../shell/Messages";
import { texts } from "../texts";
import { stateOfQuery } from "./queryState";

const t = pageTexts.shareSearch;
const DEFAULT = "default";

// The search of a link, with its photo on this device. `mini` is the miniature that the address has in place of a photo.
async function restore(code: string, mini: string, signal: AbortSignal) {
  const link = await shortLinks.one(code, signal);
  const state = stateOfQuery(link.query ?? {});
  const kept = await shortLinks.photo(link);
  const photo = kept ?? (mini ? fromMiniature(mini) : undefined);
  if (!photo) return { state, hash: "" };
  const stored = await savePhoto(photo);
  const small = kept ? await miniature(kept) : mini;
  return { state: { ...state, photo: stored.id }, hash: small ? `p=${small}` : "" };
}

// Enters the tenant that the link names, for users who may enter several. A new document has nothing of the other one.
function useTenantOf(searchStr: string): boolean {
  const me = useMe();
  const wanted = new URLSearchParams(searchStr).get("tenant") ?? DEFAULT;
  const enters = me !== undefined && me.tenant !== wanted && me.tenants.some(({ name }) => name === wanted);
  useEffect(() => {
    if (!enters) return;
    chooseTenant(wanted);
    window.location.reload();
  }, [enters, wanted]);
  return !enters;
}

// Opens the search that somebody shares by a short link.
export function ShortLinkPage() {
  const { id } = useParams();
  const { hash, searchStr } = useLocation();
  const mini = hash.startsWith("p=") ? hash.slice(2) : "";
  const isThere = useTenantOf(searchStr);
  const navigate = useNavigate();
  const query = useQuery({ queryKey: ["short-link", id, mini], enabled: isThere, retry: false, queryFn: ({ signal }) => restore(id, mini, signal) });
  const { data, error } = query;
  useEffect(() => {
    if (data) void navigate({ to: "/", search: data.state, hash: data.hash, replace: true });
  }, [data, navigate]);
  if (error instanceof ApiError && error.status === 404) {
    return (
      <Message icon={<Link2Off size={32} />} title={t.ended}>
        <p>{t.endedLead}</p>
        <Link to="/" className="button">
          {texts.errors.home}
        </Link>
      </Message>
    );
  }
  if (query.isError) return <ReadFailure query={query} />;
  return (
    <p className="soft" role="status">
      {t.opening}
    </p>
  );
}
