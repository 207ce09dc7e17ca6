import { CameraOff, RefreshCw } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { texts } from "../texts";

type CameraError = "denied" | "none" | "busy";

const MESSAGES: Record<CameraError, [string, string]> = {
  denied: [texts.camera.denied, texts.camera.deniedHow],
  none: [texts.camera.none, texts.camera.noneHow],
  busy: [texts.camera.busy, texts.camera.noneHow],
};

function cameraErrorOf(error: unknown): CameraError {
  const name = error instanceof DOMException ? error.name : "";
  return name === "NotAllowedError" || name === "SecurityError" ? "denied" : name === "NotReadableError" ? "busy" : "none";
}

interface Props {
  onPhoto: (photo: Blob) => void;
  multiple?: boolean; // where there is no camera, several files may be chosen
}

// The live image of a camera with a shutter. Where no camera can be opened, it says why, and photos can be chosen.
export function Camera({ onPhoto, multiple = false }: Props) {
  const video = useRef<HTMLVideoElement>(null);
  const file = useRef<HTMLInputElement>(null);
  const [facing, setFacing] = useState<"environment" | "user">("environment");
  const [attempt, setAttempt] = useState(0);
  const [error, setError] = useState<CameraError>();
  const [ready, setReady] = useState(false);

  useEffect(() => {
    let stream: MediaStream | undefined;
    let closed = false;
    const start = async () => {
      setReady(false);
      setError(undefined);
      try {
        // Browsers offer no camera to pages that were loaded over plain HTTP.
        const devices = navigator.mediaDevices as MediaDevices | undefined;
        if (!devices) throw new DOMException("", "NotFoundError");
        const opened = await devices.getUserMedia({ video: { facingMode: facing, width: { ideal: 1920 }, height: { ideal: 1440 } } });
        if (closed) {
          for (const track of opened.getTracks()) track.stop();
          return;
        }
        stream = opened;
        if (video.current) {
          video.current.srcObject = stream;
          await video.current.play();
        }
        setReady(true);
      } catch (error) {
        if (!closed) setError(cameraErrorOf(error));
      }
    };
    void start();
    return () => {
      closed = true;
      for (const track of stream?.getTracks() ?? []) track.stop();
    };
  }, [facing, attempt]);

  const shoot = () => {
    const from = video.current;
    if (!from) return;
    const canvas = document.createElement("canvas");
    canvas.width = from.videoWidth;
    canvas.height = from.videoHeight;
    canvas.getContext("2d")?.drawImage(from, 0, 0);
    canvas.toBlob((blob) => blob && onPhoto(blob), "image/jpeg", 0.92);
  };

  return (
    <>
      {error ? (
        <div className="message" role="alert">
          <div className="message-icon" aria-hidden>
            <CameraOff size={32} />
          </div>
          <h3>{MESSAGES[error][0]}</h3>
          <p>{MESSAGES[error][1]}</p>
          <div className="row center">
            <button type="button" className="button" onClick={() => setAttempt((n) => n + 1)}>
              {texts.retry}
            </button>
            <button type="button" className="button primary" onClick={() => file.current?.click()}>
              {texts.query.file}
            </button>
          </div>
        </div>
      ) : (
        <>
          <div className="viewfinder">
            {/* The live image of the camera has no captions. */}
            <video ref={video} playsInline muted />
            {!ready && <p role="status">{texts.camera.starting}</p>}
          </div>
          <div className="row center">
            <button type="button" className="icon-button" aria-label={texts.camera.flip} onClick={() => setFacing((now) => (now === "user" ? "environment" : "user"))}>
              <RefreshCw size={20} aria-hidden />
            </button>
            <button type="button" className="shutter" aria-label={texts.camera.shoot} disabled={!ready} onClick={shoot} />
          </div>
        </>
      )}
      <input
        ref={file}
        type="file"
        hidden
        multiple={multiple}
        accept="image/*,.heic,.heif"
        aria-label={texts.query.file}
        onChange={(event) => {
          for (const chosen of event.target.files ?? []) onPhoto(chosen);
          event.target.value = "";
        }}
      />
    </>
  );
}
