import { ApiError } from "../api/client";
import { errorText } from "../shell/errorText";
import { pageTexts } from "../pageTexts";
import { texts } from "../texts";

const SHORT = 8;

// What the server has against a new password. There are no rules of composition.
export function passwordProblem(error: unknown, password: string): string | undefined {
  if (!(error instanceof ApiError) || (error.field !== "password" && error.field !== "new")) return undefined;
  return new TextEncoder().encode(password).length < SHORT ? pageTexts.link.short : pageTexts.link.common;
}

// Passwords and codes may be tried a few times only.
export const accountProblem = (error: unknown) => (error instanceof ApiError && error.status === 429 ? texts.access.tooMany : errorText(error));
