import { ImageOff } from "lucide-react";
import { Message } from "../shell/Messages";
import { texts } from "../texts";
import type { ChangeState } from "./state";

// Shown for an address whose photo is neither on this device nor in the address.
export function MissingPhoto({ onChange }: { onChange: ChangeState }) {
  return (
    <Message icon={<ImageOff size={32} />} title={texts.query.missing}>
      <p>{texts.query.missingLead}</p>
      <button type="button" className="button primary" onClick={() => onChange(({ photo: _, but: _b, box: _x, ...rest }) => rest)}>
        {texts.query.missingGo}
      </button>
    </Message>
  );
}
