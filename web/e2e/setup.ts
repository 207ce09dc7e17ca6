// Draws a sample catalogue and serves it, once for all tests. They find it through the environment.
import { join } from "node:path";
import { Fit, makeDir, remove, run, tempDir } from "./fit";

const items = () => process.env.FIT_ITEMS ?? "160";

export default async function setup() {
  const folder = tempDir();
  const data = join(folder, "data");
  makeDir(data);
  run(data, "sample", join(folder, "sample"), "--items", items(), "--seed", "7");
  run(data, "import", join(folder, "sample/items.csv"), "--source", "sample");
  const fit = await new Fit(data, { ALLOW_PRIVATE_ADDRESSES: "true" }).start();
  process.env.FIT_URL = fit.url;
  process.env.FIT_SAMPLE = join(folder, "sample");
  process.env.FIT_DATA = data;
  return async () => {
    await fit.stop();
    remove(folder);
  };
}
