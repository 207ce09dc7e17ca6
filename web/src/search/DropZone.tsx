import { ImageUp } from "lucide-react";
import { useEffect, useRef, useState, type ReactNode } from "react";
import { useNotice } from "../shell/Notices";
import { texts } from "../texts";

function photoIn(transfer: DataTransfer | null): File | undefined {
  return [...(transfer?.files ?? [])].find((file) => file.type.startsWith("image/") || /\.(heic|heif|avif)$/i.test(file.name));
}

// Accepts photos that are dropped or pasted anywhere on the page.
export function DropZone({ onPhoto, children }: { onPhoto: (file: Blob) => void; children: ReactNode }) {
  const [over, setOver] = useState(false);
  const depth = useRef(0);
  const notice = useNotice();

  useEffect(() => {
    const hasFiles = (event: DragEvent) => event.dataTransfer?.types.includes("Files") ?? false;
    const enter = (event: DragEvent) => {
      if (!hasFiles(event)) return;
      ++depth.current;
      setOver(true);
    };
    const leave = () => {
      depth.current = Math.max(0, depth.current - 1);
      if (depth.current === 0) setOver(false);
    };
    const dragOver = (event: DragEvent) => {
      if (hasFiles(event)) event.preventDefault();
    };
    const drop = (event: DragEvent) => {
      depth.current = 0;
      setOver(false);
      if (event.defaultPrevented || !event.dataTransfer?.files.length) return;
      event.preventDefault();
      const photo = photoIn(event.dataTransfer);
      if (photo) onPhoto(photo);
      else notice(texts.query.notPhoto);
    };
    const paste = (event: ClipboardEvent) => {
      const photo = photoIn(event.clipboardData);
      if (!photo) return;
      event.preventDefault();
      onPhoto(photo);
    };
    window.addEventListener("dragenter", enter);
    window.addEventListener("dragleave", leave);
    window.addEventListener("dragover", dragOver);
    window.addEventListener("drop", drop);
    window.addEventListener("paste", paste);
    return () => {
      window.removeEventListener("dragenter", enter);
      window.removeEventListener("dragleave", leave);
      window.removeEventListener("dragover", dragOver);
      window.removeEventListener("drop", drop);
      window.removeEventListener("paste", paste);
    };
  }, [onPhoto, notice]);

  return (
    <>
      {children}
      {over && (
        <div className="drop-veil" aria-hidden>
          <div>
            <ImageUp size={48} />
            <p>{texts.query.dropHere}</p>
          </div>
        </div>
      )}
    </>
  );
}
