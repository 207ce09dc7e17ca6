// Where each entry of the history was scrolled to. It is kept as long as the tab, so that a reload restores it too.
const KEY = "scrolled";
const PATIENCE_MS = 1_500; // the length of time in which a page may become as high as it was

type Places = Record<string, number>;

function read(): Places {
  try {
    return JSON.parse(sessionStorage.getItem(KEY) ?? "{}") as Places;
  } catch {
    return {}; // the browser forbids its storage
  }
}

const places = read();
let restoring: AbortController | undefined;

// Takes the scrolling from the browser, and keeps it when the document is left, until the function that is returned is called.
export function startScrolling(keyOf: () => string): () => void {
  window.history.scrollRestoration = "manual";
  const leave = () => {
    saveScroll(keyOf());
    try {
      sessionStorage.setItem(KEY, JSON.stringify(places));
    } catch {
      // forgotten
    }
  };
  window.addEventListener("pagehide", leave);
  return () => window.removeEventListener("pagehide", leave);
}

export function saveScroll(key: string) {
  if (key) places[key] = window.scrollY;
}

// Scrolls to where the entry was, when the page has that height, unless the person scrolls meanwhile.
export function restoreScroll(key: string) {
  const wanted = places[key] ?? 0;
  stopRestoring();
  window.scrollTo(0, wanted);
  if (wanted === 0) return;
  const stop = (restoring = new AbortController());
  for (const type of ["wheel", "touchstart", "keydown", "pointerdown"]) window.addEventListener(type, () => stop.abort(), { signal: stop.signal, passive: true });
  const end = performance.now() + PATIENCE_MS;
  const again = () => {
    if (stop.signal.aborted) return;
    if (Math.abs(window.scrollY - wanted) > 1) window.scrollTo(0, wanted);
    if (performance.now() < end && Math.abs(window.scrollY - wanted) > 1) requestAnimationFrame(again);
    else stop.abort();
  };
  requestAnimationFrame(again);
}

function stopRestoring() {
  restoring?.abort();
}

// A new page begins at its top, or at the element that its fragment names.
export function scrollToStart(hash: string) {
  stopRestoring();
  const target = hash && document.getElementById(hash);
  if (target) target.scrollIntoView();
  else window.scrollTo(0, 0);
}
