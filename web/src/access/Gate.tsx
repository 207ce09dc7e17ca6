import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useLocation } from "../routing/router";
import { Lock } from "lucide-react";
import { useEffect, useState, type ReactNode } from "react";
import type { Me } from "../api/access";
import { access } from "../api/client";
import { takeDeviceOver } from "../api/feedback";
import { PICKS } from "../picks/picksKey";
import { lazyPart } from "../shell/lazyPart";
import { Message } from "../shell/Messages";
import { texts } from "../texts";
import { ownDevice } from "../wardrobe/device";
import { MeContext, meOptions, mayOpen, useMe } from "./me";
import { SignInHere } from "./SignInPage";

const SignInAgain = lazyPart(() => import("./SignInAgain"));
const t = texts.access;

// Asks the server who is there, and provides it to everything inside. Renders `waiting` until the
// answer, then `children`. When a session ends later, they stay and a dialog asks to sign in again.
export function WhoIsThere({ children, waiting }: { children: ReactNode; waiting: ReactNode }) {
  const queries = useQueryClient();
  const { data: me, isPending } = useQuery(meOptions);
  const [shown, setShown] = useState<Me>(); // for whom the app is shown

  useEffect(() => {
    // Requests that fail together ask once.
    const ask = () => void queries.invalidateQueries({ queryKey: meOptions.queryKey }, { cancelRefetch: false });
    access.addEventListener("refused", ask);
    return () => access.removeEventListener("refused", ask);
  }, [queries]);

  // What the device keeps of somebody else is removed.
  useEffect(() => {
    if (me) ownDevice(me).catch(() => undefined); // where the browser forbids it, nothing is kept
  }, [me]);

  const isUser = me?.kind === "user";
  useEffect(() => {
    const take = async () => {
      if (await takeDeviceOver()) await queries.invalidateQueries({ queryKey: PICKS });
    };
    if (isUser) take().catch(() => undefined); // tried again when the app is opened next
  }, [isUser, queries]);

  const ended = me?.kind === "anonymous" && shown?.kind === "user";
  if (me && me !== shown && !ended) setShown(me);
  const signedIn = (now: Me) => {
    // Nothing of one person is left to another.
    if (now.kind === "user" && now.id !== shown?.id) window.location.reload();
    setShown(now);
    void queries.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== "me" });
  };
  if (isPending) return waiting;
  return (
    <MeContext value={ended ? shown : me}>
      {children}
      {ended && <SignInAgain last={shown} now={me} onDone={signedIn} />}
    </MeContext>
  );
}

// Shows the page if its visitor may open it; otherwise the sign-in, or why not.
export function Gate({ children }: { children: ReactNode }) {
  const me = useMe();
  const path = useLocation().pathname;
  if (mayOpen(me, path)) return children;
  if (me?.kind === "anonymous") return <SignInHere />;
  return (
    <Message icon={<Lock size={32} />} title={t.denied}>
      <p>{t.deniedLead}</p>
      {mayOpen(me, "/") && (
        <Link to="/" className="button">
          {texts.errors.home}
        </Link>
      )}
    </Message>
  );
}
