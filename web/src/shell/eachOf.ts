const AT_ONCE = 4;

export interface Failure<T> {
  item: T;
  error: unknown;
}

// Does some work for each item, a few at a time. One that fails does not stop the others.
export async function eachOf<T>(items: readonly T[], work: (item: T) => Promise<unknown>): Promise<{ done: T[]; failed: Failure<T>[] }> {
  const done: T[] = [];
  const failed: Failure<T>[] = [];
  let next = 0;
  const worker = async () => {
    for (let item = items[next++]; item !== undefined; item = items[next++]) {
      try {
        await work(item);
        done.push(item);
      } catch (error) {
        failed.push({ item, error });
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return { done, failed };
}
