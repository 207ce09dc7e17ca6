import "../styles/access.css";
import { useMutation } from "@tanstack/react-query";
import { Share2, Trash2 } from "lucide-react";
import { useEffect, useState, type SubmitEvent } from "react";
import { Secret } from "../access/Secret";
import { shortLinks, type LinkQuery, type ShortLink } from "../api/links";
import { pageTexts } from "../pageTexts";
import { DialogFoot, DialogFrame } from "../shell/DialogFrame";
import { errorText } from "../shell/errorText";
import { Problem } from "../shell/Field";
import { formatDate } from "../shell/format";
import { useNotice } from "../shell/Notices";
import { canSend, useShare } from "../shell/useShare";
import { texts } from "../texts";
import { queryOfState } from "./queryState";
import type { SearchState } from "./state";

const t = pageTexts.shareSearch;

interface Props {
  state: SearchState;
  photo?: Blob;
  mini: string; // the miniature of the photo, for the part of the address that servers do not get
  onClose: () => void;
}

// The link, and what can be done with it.
function Made({ link, url, onClose }: { link: ShortLink; url: string; onClose: () => void }) {
  const notice = useNotice();
  const share = useShare();
  const removing = useMutation({
    mutationFn: () => shortLinks.remove(link.code),
    onSuccess: () => {
      notice(t.removed);
      onClose();
    },
  });
  return (
    <>
      <Secret label={t.link} text={url} />
      <p className="soft small">{t.until(formatDate(link.expires_at) ?? "")}</p>
      <Problem>{removing.isError && errorText(removing.error)}</Problem>
      <div className="dialog-foot">
        {link.is_own && (
          <button type="button" className="button" disabled={removing.isPending} onClick={() => removing.mutate()}>
            <Trash2 size={16} aria-hidden /> {t.remove}
          </button>
        )}
        {canSend() && (
          <button type="button" className="button primary" onClick={() => void share(url, texts.app)}>
            <Share2 size={16} aria-hidden /> {t.send}
          </button>
        )}
      </div>
    </>
  );
}

// Makes a short link of the search. A photo goes with it only where the person says so.
export default function ShareDialog({ state, photo, mini, onClose }: Props) {
  const [withPhoto, setWithPhoto] = useState(false);
  const making = useMutation({
    mutationFn: async (kept: Blob | undefined) => {
      const link = await shortLinks.create((await queryOfState(state, kept)) as LinkQuery, kept !== undefined);
      return { link, url: state.photo && !kept && mini ? `${link.url}#p=${mini}` : link.url };
    },
  });
  // Where nothing is to be decided, the link is made at once.
  const { mutate } = making;
  useEffect(() => {
    if (!photo) mutate(undefined);
  }, [photo, mutate]);
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    mutate(withPhoto ? photo : undefined);
  };
  return (
    <DialogFrame title={t.title} lead={t.lead} onClose={onClose}>
      {making.data ? (
        <Made {...making.data} onClose={onClose} />
      ) : (
        <form onSubmit={submit} className="account-form">
          {photo && (
            <div>
              <label className="choice">
                <input type="checkbox" checked={withPhoto} onChange={(event) => setWithPhoto(event.target.checked)} />
                <span>{t.photo}</span>
              </label>
              <p className="soft small">{withPhoto || !mini ? t.photoHint : t.without}</p>
            </div>
          )}
          {making.isPending && <p role="status">{texts.loading}</p>}
          <Problem>{making.isError && errorText(making.error)}</Problem>
          <DialogFoot go={t.go} disabled={making.isPending} />
        </form>
      )}
    </DialogFrame>
  );
}
