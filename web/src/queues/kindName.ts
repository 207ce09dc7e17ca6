import { texts } from "../texts";

// The words for a kind of job, which is the name of its queue.
export const kindName = (kind: string) => texts.queues.kinds[kind] ?? kind;
