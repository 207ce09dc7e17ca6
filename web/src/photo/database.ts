// A database of the browser (IndexedDB) with one kind of records. It is opened for each request, so that no other window waits.
function open(name: string, store: string, keyPath: string): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(name, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(store, { keyPath });
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error("no database"));
  });
}

// Returns a function that runs a request. It fails where the browser has no such database, or forbids it.
export function database(name: string, store: string, keyPath: string) {
  return async <T>(mode: IDBTransactionMode, work: (records: IDBObjectStore) => IDBRequest<T>): Promise<T> => {
    const opened = await open(name, store, keyPath);
    try {
      return await new Promise<T>((resolve, reject) => {
        const request = work(opened.transaction(store, mode).objectStore(store));
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error ?? new Error("the database request failed"));
      });
    } finally {
      opened.close();
    }
  };
}
