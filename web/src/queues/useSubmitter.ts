import { useQuery } from "@tanstack/react-query";
import { users } from "../api/access";
import { texts } from "../texts";

const t = texts.queues;

// For whom a job was made, in words: a user by the name. Undefined for the server itself.
export function useSubmitter(submitter: string): string | undefined {
  const [kind = "", id] = submitter.split(":");
  const known = useQuery({ queryKey: ["users"], queryFn: ({ signal }) => users.list(signal), enabled: kind === "user" }).data?.users;
  const user = kind === "user" ? known?.find((one) => one.id === id) : undefined;
  return user ? t.from(user.name || user.email) : t.fromKind[kind];
}
