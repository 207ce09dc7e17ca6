#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/json.h"
#include "domain/records.h"
#include "embed/detector.h"
#include "search/search_engine.h"

namespace fit::search {

// A box of a photo: {"left", "top", "right", "bottom"}.
Json box_json(const media::Box& box);

// The response of a detection: {"width", "height", "garments": [{"index", "box", "category", "confidence"}]}.
Json detection_json(const embed::Detection& detection);

// Makes the JSON of responses from records and search results. Immutable, thread-safe, cheap to copy.
class ResultViews {
 public:
  // `cdn_base_url` is the prefix of the URLs of images that this server stores; empty: they are relative to
  // the server ("/images/7").
  explicit ResultViews(std::string cdn_base_url);

  // Views whose URLs of images name a tenant. "default" is the one that they mean without a name.
  ResultViews of_tenant(std::string_view tenant) const;

  // The response to a search: {"results": [...], "took_ms", "embedding_provider"}, and members that depend on
  // the query.
  Json search_results(const SearchResults& found, double took_ms) const;
  // One of the results of a response.
  Json result(const Hit& hit) const;
  // The response to browsing, with complete items: {"items": [...], "next_cursor", "facets", "reason"}.
  Json items(const SearchResults& found) const;

  // A complete item, the response of GET /api/v1/items/{id}.
  Json item(const domain::ItemRecord& item) const;

  // The names of all members that a result or an item may have.
  static std::span<const std::string_view> field_names();

  // The URL of an image for clients: its own for a remote image, otherwise one of this server.
  std::string image_url(const domain::ImageRecord& image) const;
  std::string thumbnail_url(ImageId image) const;

 private:
  Json images(const domain::ItemRecord& item) const;

  std::string base_url_;
  std::string query_;  // of the URLs of images that this server stores: "?tenant=shop", or empty
};

}  // namespace fit::search
