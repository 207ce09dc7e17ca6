import { Clock, Search } from "lucide-react";
import { useEffect, useEffectEvent, useId, useMemo, useRef, useState, type KeyboardEvent } from "react";
import type { Facet } from "../api/client";
import { texts } from "../texts";
import { completionsOf, vocabularyOf } from "./completions";
import { useRecent } from "./recent";
import { parseState } from "./state";

interface Props {
  words: string;
  placeholder: string;
  facets: Record<string, Facet> | undefined; // the values that the catalogue has
  onType: (words: string) => void;
  onChoose: (words: string) => void; // searches for them
}

// "/" leads to the words from everywhere but fields and dialogs.
function useSlash(focus: () => void) {
  const press = useEffectEvent((event: globalThis.KeyboardEvent) => {
    const at = event.target instanceof Element ? event.target : document.body;
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.defaultPrevented || at.closest("input, textarea, select, [contenteditable], [role=dialog], [role=alertdialog], [role=menu]")) return;
    event.preventDefault();
    focus();
  });
  useEffect(() => {
    const listener = (event: globalThis.KeyboardEvent) => press(event);
    document.addEventListener("keydown", listener);
    return () => document.removeEventListener("keydown", listener);
  }, []);
}

// The words of the search with what they may be completed to: a combobox, whose list is walked through by the arrow keys.
export function Words({ words, placeholder, facets, onType, onChoose }: Props) {
  const [open, setOpen] = useState(false);
  const [active, setActive] = useState(-1);
  const input = useRef<HTMLInputElement>(null);
  const list = useId();
  const recents = useRecent();
  const vocabulary = useMemo(() => vocabularyOf(facets ?? {}), [facets]);
  const recent = useMemo(() => recents.map((one) => parseState(one.search)).flatMap(({ q, photo, item, url }) => (q && !(photo ?? item ?? url) ? [q] : [])), [recents]);
  const completions = useMemo(() => (open ? completionsOf(words, vocabulary, recent) : []), [open, words, vocabulary, recent]);
  useSlash(() => {
    input.current?.focus();
    input.current?.select();
  });

  const shown = completions.length > 0;
  const close = () => {
    setOpen(false);
    setActive(-1);
  };
  const choose = (chosen: string) => {
    close();
    onChoose(chosen);
  };
  const move = (by: 1 | -1) => {
    if (!shown) return setOpen(true);
    const count = completions.length + 1; // one place is that of the typed words
    return setActive((now) => ((now + 1 + by + count) % count) - 1);
  };
  const press = (event: KeyboardEvent) => {
    const chosen = completions[active];
    if (event.key === "ArrowDown" || event.key === "ArrowUp") move(event.key === "ArrowDown" ? 1 : -1);
    else if (event.key === "Escape" && shown) close();
    else if (event.key === "Enter" && chosen) choose(chosen.words);
    else {
      if (event.key === "Enter") close(); // the form is sent
      return;
    }
    event.preventDefault();
  };
  return (
    <>
      <input
        ref={input}
        className="bar-words"
        type="text"
        role="combobox"
        inputMode="search"
        enterKeyHint="search"
        autoComplete="off"
        aria-autocomplete="list"
        aria-expanded={shown}
        aria-controls={shown ? list : undefined}
        aria-activedescendant={active >= 0 && shown ? `${list}-${active}` : undefined}
        aria-keyshortcuts="/"
        aria-label={texts.query.words}
        placeholder={placeholder}
        maxLength={2000}
        value={words}
        onChange={(event) => {
          onType(event.target.value);
          setActive(-1);
          setOpen(event.target.value.trim() !== "");
        }}
        onKeyDown={press}
        onBlur={close}
      />
      {shown && (
        <ul id={list} className="completions" role="listbox" aria-label={texts.query.completions}>
          {completions.map((one, index) => (
            // The keyboard chooses in the field, which keeps the focus.
            // eslint-disable-next-line jsx-a11y/click-events-have-key-events
            <li
              key={one.words}
              id={`${list}-${index}`}
              role="option"
              className="completion"
              aria-selected={index === active}
              onPointerDown={(event) => event.preventDefault()}
              onClick={() => choose(one.words)}
            >
              {one.kind ? <Search size={16} aria-hidden /> : <Clock size={16} aria-hidden />}
              <span dir="auto">{one.words}</span>
              <small>{one.kind ?? texts.query.recent}</small>
            </li>
          ))}
        </ul>
      )}
    </>
  );
}
