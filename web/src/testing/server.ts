import { vi } from "vitest";
import { PlainForm } from "./forms";

type Answer = unknown;
export interface Call {
  method: string;
  path: string;
  body: unknown;
}

export const problem = (status: number, code = "x", more: object = {}) =>
  new Response(JSON.stringify({ type: `urn:find-this-fit:problem:${code}`, title: "t", status, detail: "d", instance: "/", request_id: "r", ...more }), {
    status,
    headers: { "Content-Type": "application/problem+json" },
  });

// Answers requests instead of a server. `answers`: by "METHOD /path", a value that is sent as JSON, a Response, or a function of
// the request's body that returns one of these. Returns the calls.
export function serve(answers: Record<string, Answer>): Call[] {
  const calls: Call[] = [];
  vi.spyOn(globalThis, "fetch").mockImplementation((input, init) => {
    const path = typeof input === "string" ? input : input instanceof URL ? input.pathname : input.url;
    const method = init?.method ?? "GET";
    const body: unknown = typeof init?.body === "string" ? JSON.parse(init.body) : (init?.body as unknown) instanceof PlainForm ? (init?.body as unknown as PlainForm).fields : undefined;
    calls.push({ method, path, body });
    const given = answers[`${method} ${path}`];
    const answer = typeof given === "function" ? (given as (body: unknown) => unknown)(body) : given;
    if (answer instanceof Response) return Promise.resolve(answer.clone());
    if (answer === undefined) return Promise.resolve(new Response(null, { status: 204 }));
    return Promise.resolve(new Response(JSON.stringify(answer), { headers: { "Content-Type": "application/json" } }));
  });
  return calls;
}
