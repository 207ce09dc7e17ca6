// The bookmarklet: a bookmark whose address is a program. It opens this app in a window and gives it the page that is shown there.
export interface CapturedPage {
  url: string;
  html: string;
}

const READY = "find-this-fit:ready";
const PAGE = "find-this-fit:page";
const MOST = 10 << 20; // characters; the server takes as many bytes

// The program runs in the page of a shop, so it is a text. It gives the page to no window but one of this app.
const PROGRAM = (origin: string) => `(()=>{
const o=${JSON.stringify(origin)},w=open(o+"/studio/bookmarklet#capture","_blank","popup,width=480,height=720");
if(!w)return;
addEventListener("message",e=>{if(e.origin===o&&e.source===w&&e.data==="${READY}")w.postMessage({type:"${PAGE}",url:location.href,html:document.documentElement.outerHTML},o)});
})()`;

export const bookmarkletOf = (origin: string) => `javascript:${encodeURIComponent(PROGRAM(origin).replaceAll("\n", ""))}`;

// The page in a message, if it is one: a page speaks only for its own host.
export function pageIn(message: Pick<MessageEvent<unknown>, "origin" | "data">): CapturedPage | undefined {
  const { type, url, html } = (message.data ?? {}) as Record<string, unknown>;
  if (type !== PAGE || typeof url !== "string" || typeof html !== "string" || html.length > MOST) return undefined;
  if (!URL.canParse(url) || new URL(url).origin !== message.origin || !/^https?:/.test(url)) return undefined;
  return { url, html };
}

// Asks the window that has opened this one for its page, and hears the first answer. Returns what ends the listening.
export function awaitPage(onPage: (page: CapturedPage) => void): () => void {
  const opener = window.opener as Window | null;
  const hear = (message: MessageEvent<unknown>) => {
    const page = message.source === opener && opener !== null ? pageIn(message) : undefined;
    if (page) onPage(page);
  };
  window.addEventListener("message", hear);
  // Any page may hear that this window is ready: it says nothing else.
  opener?.postMessage(READY, "*");
  return () => window.removeEventListener("message", hear);
}
