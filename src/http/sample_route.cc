#include <algorithm>
#include <charconv>

#include "base/format.h"
#include "catalog/catalog.h"
#include "http/api.h"
#include "http/audit.h"
#include "sample/sample.h"

namespace fit::http {
namespace {

constexpr std::uint64_t kMostAtOnce = 100;
constexpr std::uint64_t kLast = 10'000;
constexpr int kQuality = 84;

Result<std::uint64_t> number(const Request& request, const std::string& name, std::uint64_t fallback,
                             std::uint64_t most) {
  const auto text = query_parameter(request.query, name);
  if (!text) return fallback;
  std::uint64_t value = 0;
  const char* const end = text->data() + text->size();
  const auto [stop, error] = std::from_chars(text->data(), end, value);
  if (error != std::errc{} || stop != end || value > most) {
    return invalid(name, fit::format("must be a whole number up to {}", most));
  }
  return value;
}

Result<catalog::ItemInput> drawn(std::uint64_t seed, std::uint64_t index) {
  const sample::SampleItem item = sample::draw_item(seed, index);
  catalog::ItemInput input{.listing = item.listing, .images = {}};
  for (const media::Image& image : item.images) {
    FIT_TRY(Bytes jpeg, media::encode_jpeg(image, std::max(image.width, image.height), kQuality));
    input.images.push_back({.location = {}, .bytes = std::move(jpeg)});
  }
  return input;
}

// Adds a few drawn garments to the catalogue, so that a new user has something to search. The client requests
// one part after the other and shows its progress between them.
Result<Response> add_sample(const Request& request, const TenantSnapshot& tenant) {
  FIT_TRY(const std::uint64_t first, number(request, "first", 0, kLast));
  FIT_TRY(const std::uint64_t items, number(request, "items", 20, kMostAtOnce));
  FIT_TRY(const std::uint64_t seed, number(request, "seed", 1, 1'000'000));
  std::uint64_t done = 0;
  while (done < items && !request.stop.stop_requested()) {
    FIT_TRY(const catalog::ItemInput input, drawn(seed, first + done));
    FIT_CHECK(tenant.catalog.put(input, {}, catalog::Catalog::PutAs::kImported));
    ++done;
  }
  Response response = json_response({{"done", done}, {"next", first + done}});
  note_audit(response, {.target = {}, .detail = {{"items", done}}});
  return response;
}

}  // namespace

void add_sample_route(Router& router) {
  router.add({.method = Method::kPost,
              .pattern = "/api/v1/items/sample",
              .required_scope = accounts::Scope::kItemsWrite,
              .run_on = RunOn::kImport,
              .route_class = RouteClass::kIngest,
              .query_parameters = {{"first", "items", "seed"}}},
             add_sample);
}

}  // namespace fit::http
