import { ApiError } from "../api/client";
import { errorText } from "../shell/errorText";
import { texts } from "../texts";

// Another person may have retried or discarded a dead letter meanwhile.
export const problemOf = (error: unknown) => (error instanceof ApiError && (error.status === 404 || error.status === 409) ? texts.queues.decided : errorText(error));
