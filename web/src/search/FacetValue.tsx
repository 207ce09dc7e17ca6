import { Check } from "lucide-react";
import { locale } from "../language/language";

interface Props {
  name: string; // as it is shown
  count: number;
  colour?: string; // of a dot before the value
  chosen: boolean;
  onToggle: () => void;
}

// A value of a facet that can be chosen.
export function FacetValue({ name, count, colour, chosen, onToggle }: Props) {
  return (
    <li>
      <label className="value">
        <span className="checkbox">
          <input type="checkbox" checked={chosen} onChange={onToggle} />
          <Check size={13} strokeWidth={3} aria-hidden />
        </span>
        {colour && (
          <svg className="dot" viewBox="0 0 12 12" aria-hidden>
            <circle cx="6" cy="6" r="5.5" fill={colour} />
          </svg>
        )}
        <span className="value-name" dir="auto">
          {name}
        </span>
        <span className="value-count">{count.toLocaleString(locale())}</span>
      </label>
    </li>
  );
}
