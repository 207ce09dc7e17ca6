import { useQueryClient } from "@tanstack/react-query";
import { useRouter } from "../routing/router";
import { KeyRound } from "lucide-react";
import { useEffect, useState } from "react";
import { Problem } from "../shell/Field";
import { Message } from "../shell/Messages";
import { texts } from "../texts";
import { useMe } from "./me";
import { SignInForm } from "./SignInForm";
import { providerProblem, SingleSignOn } from "./SingleSignOn";

const t = texts.access;

// Shown in the place of a page that needs somebody to sign in. That page follows at the same address.
export function SignInHere({ from }: { from?: string }) {
  const queries = useQueryClient();
  const me = useMe();
  if (me && !me.sign_in_possible) {
    return (
      <Message icon={<KeyRound size={32} />} title={t.noAccounts}>
        <p>{t.noAccountsLead}</p>
      </Message>
    );
  }
  return (
    <section className="page narrow" aria-labelledby="sign-in-title">
      <div className="panel">
        <h1 id="sign-in-title">{t.signIn}</h1>
        <Problem>{providerProblem(window.location.hash)}</Problem>
        <SingleSignOn from={from} />
        <SignInForm onDone={() => void queries.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== "me" })} />
      </div>
    </section>
  );
}

// The page of its own, for those who may use the app without an account too. Leads back to where they came from.
export function SignInPage() {
  const signedIn = useMe()?.kind === "user";
  const router = useRouter();
  const [from] = useState(router.location.state.from);
  useEffect(() => {
    if (signedIn) void router.go(from ?? "/", { replace: true });
  }, [signedIn, from, router]);
  return signedIn ? null : <SignInHere from={from} />;
}
