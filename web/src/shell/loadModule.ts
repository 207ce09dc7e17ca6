// A module of the app could not be loaded: the device is offline, the server cannot be reached, or it has a newer app.
export class LoadError extends Error {
  constructor(cause: unknown) {
    super("a part of the app could not be loaded", { cause });
  }
}

// Loads a module. Its failure is a LoadError, whatever the browser and the bundler call it. The router would reload the
// window on a browser's own error; without a network that replaces the app by the browser's page.
export async function loadModule<T>(load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch (error) {
    throw new LoadError(error);
  }
}
