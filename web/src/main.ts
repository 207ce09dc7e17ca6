// Loads the language, if it is not English, before the app reads its texts. The page preloads the app.
import { loadLanguage } from "./language/language";

void loadLanguage().then(() => import("./start"));
