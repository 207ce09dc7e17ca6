import { Camera } from "../photo/Camera";
import { DialogFrame } from "../shell/DialogFrame";
import { texts } from "../texts";

// Takes the photo to search with.
export default function CameraDialog({ onPhoto, onClose }: { onPhoto: (photo: Blob) => void; onClose: () => void }) {
  return (
    <DialogFrame title={texts.camera.title} className="wide camera-dialog" onClose={onClose}>
      <Camera onPhoto={onPhoto} />
    </DialogFrame>
  );
}
