// A value of a form, for a request that changes only what differs; undefined, which JSON leaves out, where it is as before.
export const ifChanged = <Value>(now: Value, before: Value): Value | undefined => (JSON.stringify(now) === JSON.stringify(before) ? undefined : now);
