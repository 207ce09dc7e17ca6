import { Languages } from "lucide-react";
import { texts } from "../texts";
import { chooseLanguage, language, LANGUAGES, offeredLanguages, type Language } from "./language";

// Each language by its own name.
export function LanguageSelect() {
  const offered = offeredLanguages();
  if (offered.length < 2) return null;
  return (
    <label className="language-select icon-button" title={texts.language.label}>
      <Languages size={20} aria-hidden />
      <select aria-label={texts.language.label} value={language()} onChange={(event) => chooseLanguage(event.currentTarget.value as Language)}>
        {offered.map((code) => (
          <option key={code} value={code} lang={code}>
            {LANGUAGES[code]}
          </option>
        ))}
      </select>
    </label>
  );
}
