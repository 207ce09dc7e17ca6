#include "base/format.h"
#include "ingest/pages/recipe.h"
#include "ingest/sources/product_pages.h"
#include "ingest/sources/sweep.h"

namespace fit::ingest {
namespace {

// Reads a site as a recipe says: list pages, one after the other, and the pages of listings that they lead
// to.
class RecipeSource final : public SweptSource {
 public:
  RecipeSource(const OpenSource& options, Crawler& crawler, Recipe recipe,
               std::vector<std::string> start_pages)
      : SweptSource(options, crawler),
        maker_(options),
        recipe_(std::move(recipe)),
        start_pages_(std::move(start_pages)) {}

 protected:
  Result<void> step(const SweepStep& step) override {
    ProductPages pages(step, maker_, [this](const WebPage& page) { return recipe_.read(page); }, true);
    if (!step.sweep.cursor().contains("after")) {
      FIT_TRY(const bool is_over, follow_lists(step, pages));
      if (!is_over) return {};
      step.sweep.cursor()["after"] = "";
    }
    FIT_TRY(const bool has_seen_all, pages.visit_unseen());
    if (!has_seen_all) return {};
    step.finish();
    step.page.is_complete = false;
    return {};
  }

 private:
  // Visits listings, and reads the next list page when none waits. True when there are no more.
  Result<bool> follow_lists(const SweepStep& step, ProductPages& pages) {
    Json& cursor = step.sweep.cursor();
    LinkQueue queue(cursor);
    if (!queue.has_begun()) {
      for (const std::string& url : start_pages_) queue.add_list(url);
    }
    while (!pages.is_full()) {
      if (const auto listing = queue.next_product()) {
        FIT_TRY(const bool is_visited, pages.visit(*listing));
        if (!is_visited) return false;
        queue.drop_product();
        continue;
      }
      const auto list = queue.next_list();
      if (!list) {
        if (queue.is_cut()) step.page.remarks.emplace_back("there are more links than are followed");
        return true;
      }
      FIT_TRY(const auto page, fetch_list_page(step, *list));
      if (!page && step.page.end != FetchEnd::kMore) return false;
      const std::int64_t number = json_number(cursor, "list_page", 1);
      queue.drop_list();
      cursor["list_page"] = 1;
      if (page) take_list(*page, number, cursor, queue);
    }
    return false;
  }

  // Queues the listings of a list page and, before the other lists, its next page. A page without a new
  // listing is the last one.
  void take_list(const WebPage& page, std::int64_t number, Json& cursor, LinkQueue& queue) const {
    bool has_new = false;
    for (const std::string& url : recipe_.listing_links(page)) {
      if (!looks_like_trap(url)) has_new = queue.add_product(url) || has_new;
    }
    if (!has_new || number >= recipe_.max_list_pages()) return;
    const std::string next = recipe_.next_list_page(page, static_cast<int>(number));
    if (next.empty() || looks_like_trap(next) || !queue.add_list(next)) return;
    Json& lists = cursor["lists"];
    Json moved = lists.back();
    lists.erase(lists.size() - 1);
    lists.insert(lists.begin(), std::move(moved));
    cursor["list_page"] = number + 1;
  }

  const ListingMaker maker_;
  const Recipe recipe_;
  const std::vector<std::string> start_pages_;
};

}  // namespace

Result<std::unique_ptr<Source>> open_recipe(const OpenSource& options, Crawler& crawler) {
  const SourceSettings& settings = options.settings;
  const bool is_text = settings.recipe.contains('\n') || settings.recipe.contains('=');
  FIT_TRY(Recipe recipe, is_text ? Recipe::parse(settings.recipe) : Recipe::builtin(settings.recipe));
  std::vector<std::string> start_pages = settings.start_pages;
  if (start_pages.empty() && !settings.address.empty()) start_pages.push_back(settings.address);
  if (start_pages.empty()) start_pages = recipe.start_pages();
  if (start_pages.empty()) return invalid("address", "is missing, and the recipe has no start pages");
  return std::make_unique<RecipeSource>(options, crawler, std::move(recipe), std::move(start_pages));
}

}  // namespace fit::ingest
