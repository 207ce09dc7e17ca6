// The tenant whose catalogue this tab shows, for users of several tenants: the one that was chosen in the tab, else the one that
// was chosen last in this browser, else the user's own.
const KEY = "tenant";
// Where somebody signs in, there is nobody yet who may enter a tenant. Links name theirs.
const WITHOUT_TENANT = /^\/api\/v1\/(auth\/(?!me\b)|notifications\/(confirm$|unsubscribe\b)|shared-outfits\/)/;

const storages = [() => window.sessionStorage, () => window.localStorage];

function stored(): string | undefined {
  for (const storage of storages) {
    try {
      const name = storage().getItem(KEY);
      if (name) return name;
    } catch {
      // The browser forbids it.
    }
  }
  return undefined;
}

let chosen = stored();
let paused = false; // the session that may enter the tenant has ended

export const chosenTenant = () => chosen;

// Undefined: the user's own.
export function chooseTenant(name: string | undefined) {
  chosen = name;
  paused = false;
  for (const storage of storages) {
    try {
      if (name === undefined) storage().removeItem(KEY);
      else storage().setItem(KEY, name);
    } catch {
      // The choice lasts until the page is closed.
    }
  }
}

// Whether requests name the tenant. While nobody is signed in, they do not.
export function pauseTenant(pause: boolean) {
  paused = pause;
}

// The headers of a request that say for which tenant it is.
export const tenantHeaders = (path: string): Record<string, string> =>
  chosen === undefined || paused || WITHOUT_TENANT.test(path) ? {} : { "X-Tenant": chosen };
