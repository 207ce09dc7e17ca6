#include <algorithm>
#include <charconv>

#include "base/format.h"
#include "catalog/catalog.h"
#include "http/api.h"
#include "sample/sample.h"

namespace fit::http {
namespace {

constexpr std::uint64_t kMostAtOnce = 100;
constexpr std::uint64_t kLast = 10'000;
constexpr int kQuality = 84;

Result<std::uint64_t> number(const Request& request, const std::string& name, std::uint64_t otherwise,
                             std::uint64_t most) {
  const auto text = query_parameter(request.query, name);
  if (!text) return otherwise;
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

// Puts a few drawn garments into the catalogue, so that a newcomer has something to search. The client asks
// for one part after the other, which is its progress.
Result<Response> add_sample(Api& api, const Request& request) {
  FIT_TRY(const std::uint64_t first, number(request, "first", 0, kLast));
  FIT_TRY(const std::uint64_t items, number(request, "items", 20, kMostAtOnce));
  FIT_TRY(const std::uint64_t seed, number(request, "seed", 1, 1'000'000));
  std::uint64_t done = 0;
  while (done < items && !*request.stopping) {
    FIT_TRY(const catalog::ItemInput input, drawn(seed, first + done));
    FIT_CHECK(api.parts.serving().catalog.put(input));
    ++done;
  }
  return json_response({{"done", done}, {"next", first + done}});
}

}  // namespace

void add_sample_route(Router& router, Api& api) {
  router.add({.method = Method::kPost,
              .pattern = "/api/v1/items/sample",
              .run_on = RunOn::kImports,
              .handler = [&api](const Request& request) { return add_sample(api, request); }});
}

}  // namespace fit::http
