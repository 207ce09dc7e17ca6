import { Popover } from "@base-ui/react/popover";
import { Link2 } from "lucide-react";
import { useState, type SubmitEvent } from "react";
import { texts } from "../texts";
import type { ChangeState } from "./state";

export default function AddressPopup({ onChange }: { onChange: ChangeState }) {
  const [open, setOpen] = useState(true);
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const value = new FormData(event.currentTarget).get("url");
    const url = typeof value === "string" ? value.trim() : "";
    if (!/^https?:\/\/./.test(url)) return;
    setOpen(false);
    onChange(({ photo: _p, item: _i, box: _b, ...rest }) => ({ ...rest, url }));
  };
  return (
    <Popover.Root open={open} onOpenChange={setOpen}>
      <Popover.Trigger className="icon-button" aria-label={texts.query.addressOpen} title={texts.query.addressOpen}>
        <Link2 size={20} aria-hidden />
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Positioner sideOffset={8} className="layer" collisionPadding={12}>
          <Popover.Popup className="popup address">
            <form onSubmit={submit}>
              <label htmlFor="address">{texts.query.address}</label>
              <input id="address" name="url" type="url" required pattern="https?://.+" placeholder={texts.query.addressHint} className="input" />
              <button type="submit" className="button primary">
                {texts.query.addressGo}
              </button>
            </form>
          </Popover.Popup>
        </Popover.Positioner>
      </Popover.Portal>
    </Popover.Root>
  );
}
