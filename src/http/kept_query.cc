#include "http/kept_query.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

namespace fit::http {
namespace {

// The fields of a query that have a photo.
constexpr std::array<const char*, 2> kPhotoFields = {"image_base64", "image"};
constexpr std::array<const char*, 5> kExampleFields = {"image_base64", "image_url", "item_id", "text",
                                                       "like"};
constexpr std::array<const char*, 5> kForeignFields = {"tenants", "item_tenant", "cursor", "vector", "space"};

}  // namespace

Error in_query(Error error) {
  error.field = error.field.empty() ? "query" : "query." + error.field;
  return error;
}

Result<KeptQuery> take_kept_query(Json& body, std::size_t max_image_bytes) {
  const auto found = body.find("query");
  if (found == body.end() || !found->is_object()) return invalid("query", "must be an object");
  Json query = std::move(*found);
  body.erase("query");
  for (const char* const field : kForeignFields) {
    if (query.contains(field)) {
      return invalid(std::string("query.") + field, "is not for searches that are kept");
    }
  }
  const bool has_example = std::ranges::any_of(kExampleFields, [&query](const char* field) {
    return query.contains(field) && !query[field].is_null();
  });
  auto parsed = parse_search_json(dump_json(query), has_example ? SearchForm::kAny : SearchForm::kBrowse,
                                  max_image_bytes);
  if (!parsed) return in_query(parsed.error());
  KeptQuery kept{.request = {}, .search = *std::move(parsed)};
  kept.search.query.paged = false;
  kept.search.query.facets.clear();
  kept.search.query.sort.reset();
  for (const char* const field : kPhotoFields) query.erase(field);
  kept.request = std::move(query);
  return kept;
}

}  // namespace fit::http
