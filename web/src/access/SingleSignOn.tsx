import { useMe } from "./me";
import { texts } from "../texts";

const t = texts.access;

// Where the sign-in at the provider begins; it leads back to this page.
export function providerAddress(from: string): string {
  const page = from.startsWith("/sign-in") ? "/" : from;
  return `/api/v1/auth/oidc/start?return_to=${encodeURIComponent(page)}`;
}

// Why a sign-in at the provider has failed, by the code with which the server sent the browser back.
export function providerProblem(hash: string): string | undefined {
  const code = new URLSearchParams(hash.slice(1)).get("problem");
  if (code === null) return undefined;
  return { forbidden: t.providerForbidden, unauthorized: t.providerEnded, unavailable: t.providerAway }[code] ?? t.providerFailed;
}

// Leads to the sign-in provider, where the server has one. `from`: the page that follows.
export function SingleSignOn({ from }: { from?: string }) {
  const name = useMe()?.single_sign_on;
  if (!name) return null;
  const { pathname, search, hash } = window.location;
  return (
    <a className="button wide" href={providerAddress(from ?? pathname + search + hash)}>
      {t.signInAt(name)}
    </a>
  );
}
