import setup from "./setup";

export default function setupBudgets() {
  process.env.FIT_ITEMS = "700";
  return setup();
}
