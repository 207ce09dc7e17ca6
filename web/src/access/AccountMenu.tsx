import { Link, useLocation } from "../routing/router";
import { Check, CircleUserRound, KeyRound, LogIn, LogOut } from "lucide-react";
import { useEffect, useId, useRef, useState, type RefObject } from "react";
import { auth, type Me } from "../api/access";
import { chooseTenant } from "../api/tenant";
import { errorText } from "../shell/errorText";
import { useNotice } from "../shell/Notices";
import { finishRemovals } from "../shell/removal";
import { texts } from "../texts";
import { forgetDevice } from "./forgetDevice";
import { inStudio, may, mayStudio, useMe } from "./me";
import { accountOf, nameOf, personalOf, studioEntryOf } from "./pages";

const t = texts.access;

function useSignOut() {
  const notice = useNotice();
  return async () => {
    await finishRemovals(); // while there is a session
    try {
      await auth.signOut();
    } catch (error) {
      notice(errorText(error));
      return;
    }
    await forgetDevice();
    window.location.assign("/"); // a new document: nothing of the session stays in memory
  };
}

// Closes on Escape, and on what happens outside.
function useClosing(open: boolean, box: RefObject<HTMLElement | null>, close: () => void) {
  useEffect(() => {
    if (!open) return undefined;
    const outside = (event: Event) => {
      if (event.target instanceof Node && !box.current?.contains(event.target)) close();
    };
    const key = (event: KeyboardEvent) => {
      if (event.key !== "Escape") return;
      close();
      box.current?.querySelector("button")?.focus();
    };
    document.addEventListener("pointerdown", outside);
    document.addEventListener("focusin", outside);
    document.addEventListener("keydown", key);
    return () => {
      document.removeEventListener("pointerdown", outside);
      document.removeEventListener("focusin", outside);
      document.removeEventListener("keydown", key);
    };
  }, [open, box, close]);
}

// The catalogues of a user who may enter several.
function Tenants({ me }: { me: Me }) {
  if (me.tenants.length < 2) return null;
  const enter = (name: string) => {
    void finishRemovals(); // in the catalogue that is left
    chooseTenant(name);
    window.location.assign("/"); // a new document: nothing of the other catalogue stays in memory
  };
  return (
    <ul aria-label={t.tenants} className="menu-part">
      {me.tenants.map(({ name }) => (
        <li key={name}>
          <button type="button" className="menu-item" aria-current={name === me.tenant ? "true" : undefined} onClick={() => enter(name)}>
            <span className="menu-mark">{name === me.tenant && <Check size={16} aria-hidden />}</span> {name}
          </button>
        </li>
      ))}
    </ul>
  );
}

function Items({ me, id, close }: { me: Me; id: string; close: () => void }) {
  const signOut = useSignOut();
  const personal = personalOf(me); // in the navigation on a desk, but not in the studio's
  const studio = inStudio(useLocation().pathname);
  const isPersonal = (to: string) => !studio && personal.some((page) => page.to === to);
  return (
    <div id={id} className="menu account-list">
      {me.kind === "user" && (
        <p className="menu-head">
          <strong>{nameOf(me)}</strong>
          <span className="soft small">{me.role && texts.roles[me.role]}</span>
        </p>
      )}
      <Tenants me={me} />
      <ul aria-label={t.menu}>
        {[...accountOf(me), ...personal, ...studioEntryOf(me)].map(({ to, text, icon: Icon }) => (
          <li key={to} className={isPersonal(to) ? "on-phone" : undefined}>
            <Link to={to} className="menu-item" onClick={close}>
              <Icon size={17} aria-hidden /> {text}
            </Link>
          </li>
        ))}
        {me.kind === "user" && (
          <li>
            <button type="button" className="menu-item" onClick={() => void signOut()}>
              <LogOut size={17} aria-hidden /> {t.signOut}
            </button>
          </li>
        )}
      </ul>
    </div>
  );
}

function MenuButton({ me }: { me: Me }) {
  const [open, setOpen] = useState(false);
  const box = useRef<HTMLDivElement>(null);
  const [close] = useState(() => () => setOpen(false));
  const id = useId();
  useClosing(open, box, close);
  const label = me.kind === "user" ? t.menuOf(nameOf(me)) : t.menu;
  return (
    <div ref={box} className="account-menu">
      <button type="button" className="icon-button" aria-expanded={open} aria-controls={open ? id : undefined} aria-label={label} title={label} onClick={() => setOpen(!open)}>
        {me.kind === "user" ? <CircleUserRound size={21} aria-hidden /> : <KeyRound size={20} aria-hidden />}
      </button>
      {open && <Items me={me} id={id} close={close} />}
    </div>
  );
}

// Leads to what belongs to the person, and to the pages of those who manage access.
export function AccountMenu() {
  const me = useMe();
  const { href, pathname } = useLocation();
  if (!me) return null;
  if (me.kind !== "anonymous") return (me.kind === "user" || personalOf(me).length > 0 || mayStudio(me)) && <MenuButton me={me} />;
  if (!me.sign_in_possible || pathname === "/sign-in" || !may(me, "search")) return null;
  return (
    <Link to="/sign-in" state={{ from: href }} className="button sign-in-link">
      <LogIn size={16} aria-hidden /> {t.signIn}
    </Link>
  );
}
