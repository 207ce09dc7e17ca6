#include "cli/search_command.h"

#include <algorithm>
#include <cmath>
#include <iostream>

#include "base/files.h"
#include "base/format.h"
#include "base/json.h"
#include "base/stopwatch.h"
#include "cli/commands.h"
#include "cli/table.h"
#include "cli/update_indexes.h"
#include "search/query_vector.h"
#include "search/result_views.h"

namespace fit::cli {
namespace {

constexpr std::size_t kMaxVectorFileBytes = std::size_t{1} << 20;

// Reads a file that is a list of numbers, or an object with "vector" and "space" as POST /api/v1/search has
// them. A list is of the searched space.
Result<void> read_vector(const std::filesystem::path& file, const std::string& searched,
                         search::Query& query) {
  FIT_TRY(const Bytes bytes, read_file(file, kMaxVectorFileBytes));
  FIT_TRY(const Json json, parse_json("--vector", as_text(bytes)));
  query.vector_space = searched;
  if (!json.is_object()) {
    FIT_TRY(query.vector, search::parse_query_vector("--vector", json));
    return {};
  }
  for (const auto& [name, value] : json.items()) {
    if (name != "vector" && name != "space") return invalid("--vector", "may have vector and space only");
  }
  if (json.contains("space")) query.vector_space = json_text(json, "space");
  if (query.vector_space.empty()) return invalid("--vector", "must name its space as a text");
  FIT_TRY(query.vector,
          search::parse_query_vector("--vector", json.contains("vector") ? json["vector"] : Json()));
  return {};
}

Result<search::Query> make_query(const SearchArgs& args, const media::Limits& limits,
                                 const std::string& space) {
  search::Query query;
  query.image_field = "PHOTO";
  if (!args.photo.empty()) {
    FIT_TRY(query.image, read_file(args.photo, limits.max_bytes));
    if (query.image.empty()) return malformed(args.photo.string(), "is empty");
  }
  if (!args.item_id.empty()) {
    FIT_TRY(const std::int64_t id, parse_id("--item", args.item_id));
    query.item_id = ItemId{id};
  }
  if (!args.vector.empty()) FIT_CHECK(read_vector(args.vector, space, query));
  query.text = args.text;
  if (args.limit < 1 || args.limit > static_cast<std::int64_t>(search::kMaxLimit)) {
    return invalid("--limit", fit::format("must be between 1 and {}", search::kMaxLimit));
  }
  query.limit = static_cast<std::size_t>(args.limit);
  query.min_similarity = args.min_similarity;
  query.min_relevance = args.min_relevance;
  if (!args.filters.empty()) {
    FIT_TRY(const Json filters, parse_json("--filters", args.filters));
    FIT_TRY(query.filter, search::parse_filter(filters));
  }
  query.paged = true;  // the default of POST /api/v1/search
  return query;
}

std::string price_text(const domain::Listing& listing) {
  if (!listing.price) return "";
  return fit::format("{:.2f} {}", *listing.price, listing.currency);
}

void print_table(const search::SearchResults& results) {
  Table table({"similarity", "id", "title", "brand", "price", "where"});
  for (const search::Hit& hit : results.hits) {
    const domain::Listing& listing = hit.item.listing;
    const auto best = std::ranges::find(hit.item.images, hit.best_image, &domain::ImageRecord::id);
    table.add({std::isnan(hit.similarity) ? "" : fit::format("{:.4f}", hit.similarity), hit.item.id.str(),
               listing.title, listing.brand, price_text(listing),
               listing.url.empty() && best != hit.item.images.end() ? best->location : listing.url});
  }
  std::cout << table.str();
  std::cout << fit::format(
      "{} found in {:.1f} ms ({:.1f} ms to embed the query, {:.1f} ms to search) by {}\n",
      results.hits.size(), results.embed_ms + results.search_ms, results.embed_ms, results.search_ms,
      results.space);
}

Result<void> run(const SearchArgs& args, const Context& context) {
  FIT_TRY(const OpenCatalogue catalogue, context.open_catalogue());
  FIT_CHECK(update_indexes(context, catalogue));
  const Stopwatch stopwatch;
  FIT_TRY(const search::Query query,
          make_query(args, context.image_limits, catalogue.space.engine().space().name));
  FIT_TRY(const search::SearchResults results, catalogue.space.engine().search(query));
  if (!args.json) {
    print_table(results);
    return {};
  }
  const auto views = search::ResultViews(context.config().http.cdn_base_url).of_tenant(context.tenant);
  std::cout << dump_json(views.search_results(results, stopwatch.milliseconds()), 2) << "\n";
  return {};
}

}  // namespace

void declare(Arguments& arguments, SearchArgs& args) {
  arguments.optional_positional("PHOTO", args.photo, "Image file");
  arguments.option("--text", args.text, "Search by words");
  arguments.option("--item", args.item_id, "Search by the images of this item");
  arguments.option("--vector", args.vector,
                   "Search by a vector of the searched space: a JSON file with a list of numbers");
  arguments.option("--filters", args.filters, R"(JSON, such as {"category":"dress","price_range":[10,50]})");
  arguments.number("--limit", args.limit, "Largest number of results");
  arguments.option("--min-similarity", args.min_similarity,
                   "Least similarity of a result: a cosine, -1 to 1");
  arguments.option("--min-relevance", args.min_relevance, "Least relevance of a result, 0 to 1");
  arguments.flag("--json", args.json, "Print the JSON of POST /api/v1/search");
}

void add_search(CommandSet& commands) {
  commands.add<SearchArgs>({.name = "search",
                            .help = "Find look-alikes of a photo",
                            .on_signal = OnSignal::kStop,
                            .decodes_images = true},
                           declare, run);
}

}  // namespace fit::cli
