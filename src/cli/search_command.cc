#include <cmath>
#include <iostream>

#include "base/files.h"
#include "base/format.h"
#include "base/json.h"
#include "cli/commands.h"
#include "cli/table.h"

namespace fit::cli {
namespace {

Result<search::Query> make_query(const SearchArgs& args, const media::Limits& limits) {
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
  return query;
}

std::string price_text(const domain::Listing& listing) {
  if (!listing.price) return "";
  return fit::format("{:.2f} {}", *listing.price, listing.currency);
}

void print_json(const search::SearchResults& answer) {
  Json results = Json::array();
  for (const search::Hit& hit : answer.hits) {
    const domain::Listing& listing = hit.item.listing;
    Json result = {
        {"id", hit.item.id.str()},      {"source", listing.source}, {"external_id", listing.external_id},
        {"title", listing.title},       {"brand", listing.brand},   {"price", nullptr},
        {"currency", listing.currency}, {"url", listing.url},       {"similarity", hit.similarity}};
    if (listing.price) result["price"] = *listing.price;
    results.push_back(std::move(result));
  }
  std::cout << dump_json({{"results", results},
                          {"took_ms", answer.embed_ms + answer.search_ms},
                          {"embedding_provider", answer.space}},
                         2)
            << "\n";
}

void print_table(const search::SearchResults& answer) {
  Table table({"similarity", "id", "title", "brand", "price", "where"});
  for (const search::Hit& hit : answer.hits) {
    const domain::Listing& listing = hit.item.listing;
    const auto best = std::ranges::find(hit.item.images, hit.best_image, &domain::ImageRecord::id);
    table.add({std::isnan(hit.similarity) ? "" : fit::format("{:.4f}", hit.similarity), hit.item.id.str(),
               listing.title, listing.brand, price_text(listing),
               listing.url.empty() && best != hit.item.images.end() ? best->location : listing.url});
  }
  std::cout << table.str();
  std::cout << fit::format("{} found in {:.1f} ms ({:.1f} ms to read the query, {:.1f} ms to search) by {}\n",
                           answer.hits.size(), answer.embed_ms + answer.search_ms, answer.embed_ms,
                           answer.search_ms, answer.space);
}

}  // namespace

Result<void> run_search(search::SearchEngine& engine, const SearchArgs& args, const media::Limits& limits) {
  FIT_TRY(const search::Query query, make_query(args, limits));
  FIT_TRY(const search::SearchResults answer, engine.search(query));
  args.json ? print_json(answer) : print_table(answer);
  return {};
}

}  // namespace fit::cli
