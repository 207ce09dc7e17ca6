import { Languages } from "lucide-react";
import { texts } from "../texts";
import { chooseLanguage, language, LANGUAGES, type Language } from "./language";

// Each language by its own name.
export function LanguageSelect() {
  return (
    <label className="language-select icon-button" title={texts.language.label}>
      <Languages size={20} aria-hidden />
      <select aria-label={texts.language.label} value={language()} onChange={(event) => chooseLanguage(event.currentTarget.value as Language)}>
        {Object.entries(LANGUAGES).map(([code, name]) => (
          <option key={code} value={code} lang={code}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}
