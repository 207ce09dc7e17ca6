import { Check, CircleAlert, Clock, LoaderCircle } from "lucide-react";
import { useState } from "react";
import { Camera } from "../photo/Camera";
import { useObjectUrl } from "../photo/usePhoto";
import { DialogFrame } from "../shell/DialogFrame";
import { useReachable } from "../shell/reachable";
import { pageTexts } from "../pageTexts";
import { texts } from "../texts";
import { mayRetry, useSending, useSent, type Sent } from "../uploads/sending";
import { stateOf } from "../uploads/SentFiles";

const t = pageTexts.wardrobe;
const ICONS = { waiting: Clock, sending: LoaderCircle, known: Check, failed: CircleAlert };

interface Shot {
  key: number;
  photo: Blob;
}

// A photo that was taken, and what has become of it. `sent`: none for one that the server has taken.
function TakenPhoto({ shot, number, sent }: { shot: Shot; number: number; sent: Sent | undefined }) {
  const sending = useSending();
  const reachable = useReachable();
  const address = useObjectUrl(shot.photo);
  const Icon = sent ? ICONS[sent.state] : Check;
  const state = sent ? stateOf(sent, reachable) : t.shotSent;
  return (
    <li className="shot" data-state={sent?.state ?? "sent"}>
      {address && <img src={address} alt={t.shot(number)} />}
      <span className="shot-state">
        <Icon size={14} aria-hidden /> {state}
      </span>
      {sent?.state === "failed" && mayRetry(sent.error) && (
        <button type="button" className="text-button" aria-label={pageTexts.uploads.retryNamed(t.shot(number))} onClick={() => sending.retry(shot.key)}>
          {texts.retry}
        </button>
      )}
    </li>
  );
}

// Takes garments one after the other: the camera stays open, and the photos are sent meanwhile.
export default function GarmentCamera({ onClose }: { onClose: () => void }) {
  const sending = useSending();
  const sent = useSent();
  const [shots, setShots] = useState<Shot[]>([]); // the latest first
  const take = (photo: Blob) => {
    const file = photo instanceof File ? photo : new File([photo], t.shotFile(shots.length + 1), { type: photo.type });
    const [key] = sending.add([file], {});
    if (key !== undefined) setShots((now) => [{ key, photo }, ...now]);
  };
  return (
    <DialogFrame title={t.add} className="wide garment-camera" onClose={onClose}>
      <Camera onPhoto={take} multiple />
      <div className="shots-head">
        <p role="status">{shots.length === 0 ? t.cameraLead : t.taken(shots.length)}</p>
        <button type="button" className="button primary" onClick={onClose}>
          {t.cameraDone}
        </button>
      </div>
      {shots.length > 0 && (
        <ul className="shots" aria-label={t.shots}>
          {shots.map((shot, index) => (
            <TakenPhoto key={shot.key} shot={shot} number={shots.length - index} sent={sent.find((one) => one.key === shot.key)} />
          ))}
        </ul>
      )}
    </DialogFrame>
  );
}
