#include <algorithm>
#include <array>

#include "base/format.h"
#include "ingest/pages/page_links.h"
#include "ingest/pages/recipe.h"
#include "ingest/sources/crawler.h"
#include "ingest/sources/source.h"

namespace fit::ingest {
namespace {

constexpr std::int64_t kPagesPerTrial = 40;
constexpr std::int64_t kBytesPerTrial = std::int64_t{4} << 30;

// The recipe of the program for a host; empty when there is none.
std::string recipe_for(const net::Url& url) {
  const std::string host = url_host(url.text());
  for (const std::string& name : Recipe::builtin_names()) {
    const auto recipe = Recipe::builtin(name);
    if (recipe && std::ranges::contains(recipe->hosts(), host)) return name;
  }
  return {};
}

bool looks_like_a_feed(const net::Url& url) {
  constexpr std::array kEndings = std::to_array<std::string_view>(
      {".csv", ".tsv", ".tab", ".ndjson", ".jsonl", ".json", ".rss", ".atom", ".gz"});
  return std::ranges::any_of(kEndings, [&](std::string_view ending) { return url.path.ends_with(ending); });
}

// The kinds to try, the likeliest first.
std::vector<SourceSettings> trials_of(const std::string& address) {
  const auto url = net::parse_url(address);
  std::vector<SourceSettings> trials;
  const auto add = [&](SourceKind kind) { trials.push_back({.kind = kind, .address = address}); };
  if (!url || looks_like_a_feed(*url)) {
    if (url && url->path.ends_with("/products.json")) add(SourceKind::kShopify);
    if (url && url->path.ends_with(".xml.gz")) add(SourceKind::kSite);
    add(SourceKind::kFeed);
    return trials;
  }
  if (const std::string recipe = recipe_for(*url); !recipe.empty()) {
    add(SourceKind::kRecipe);
    trials.back().recipe = recipe;
    return trials;
  }
  if (url->path.contains("/wp-json/wc/")) add(SourceKind::kWooCommerce);
  if (url->path.ends_with(".xml")) {
    add(SourceKind::kFeed);
    add(SourceKind::kSite);
    return trials;
  }
  add(SourceKind::kShopify);
  add(SourceKind::kWooCommerce);
  add(SourceKind::kSite);
  if (url->path != "/") add(SourceKind::kFeed);
  return trials;
}

// Fetches until there are enough listings, the sweep ends or the time is over. The reason for which there are
// none; empty when there are some.
Result<std::string> try_source(const SourceSettings& settings, const DetectOptions& options, Crawler& crawler,
                               std::chrono::steady_clock::time_point deadline, const std::stop_token& stop,
                               Detected& found) {
  FIT_TRY(const auto source, open_source({.settings = settings, .name = options.name}, crawler));
  RunBudget budget{.pages = kPagesPerTrial, .bytes = static_cast<std::uint64_t>(kBytesPerTrial)};
  budget.step_deadline = deadline;
  Json state;
  std::string reason = "it shows no listing";
  while (found.listings.size() < options.max_listings && std::chrono::steady_clock::now() < deadline) {
    FetchContext context{.budget = budget, .stop = stop, .deadline = deadline};
    context.leases = options.leases;
    FIT_TRY(FetchPage page, source->fetch(state, context));
    state = std::move(page.state);
    std::ranges::move(page.listings, std::back_inserter(found.listings));
    std::ranges::move(page.remarks, std::back_inserter(found.remarks));
    if (!page.failures.empty())
      reason = fit::format("{}: {}", page.failures[0].url, page.failures[0].message);
    if (page.ended_by) reason = fit::format("{}: {}", page.ended_by->url, page.ended_by->message);
    if (page.end != FetchEnd::kMore) break;
  }
  if (found.listings.size() > options.max_listings) found.listings.resize(options.max_listings);
  return found.listings.empty() ? reason : std::string();
}

}  // namespace

Result<Detected> detect_source(const std::string& address, const DetectOptions& options, Crawler& crawler,
                               const std::stop_token& stop) {
  const auto deadline = std::chrono::steady_clock::now() + options.time_limit;
  const auto trials = options.settings ? std::vector{*options.settings} : trials_of(address);
  std::vector<std::string> tried;
  for (const SourceSettings& settings : trials) {
    Detected found{.settings = settings};
    FIT_TRY(const std::string reason, try_source(settings, options, crawler, deadline, stop, found));
    if (reason.empty()) {
      found.tried = std::move(tried);
      return found;
    }
    tried.push_back(fit::format("{} ({})", to_string(settings.kind), reason));
    if (std::chrono::steady_clock::now() >= deadline) break;
  }
  std::string all;
  for (const std::string& one : tried) all += (all.empty() ? "" : "; ") + one;
  return Error{ErrorCode::kBadGateway, "cannot be read as a source: " + all, "address", {}};
}

}  // namespace fit::ingest
