#pragma once

#include <string>

#include "base/json.h"
#include "domain/records.h"
#include "search/search_engine.h"

namespace fit::http {

// Makes the JSON of answers out of what the engine and the store give. Immutable, thread-safe.
class Views {
 public:
  // Addresses of images that this server holds begin with `cdn_base_url`, or are relative to the server
  // ("/images/7") when it is empty.
  explicit Views(std::string cdn_base_url);

  // {"results": [...], "took_ms", "embedding_provider"}, the shape of every search answer.
  Json answer(const search::SearchResults& answer, double took_ms) const;
  // {"items", "next_cursor", "facets", "reason"}: whole items, of what was browsed.
  Json items(const search::SearchResults& answer) const;

  // A whole item, as GET /api/v1/items/{id} shows it.
  Json item(const domain::ItemRecord& item) const;

  // Where clients find an image: its own address for one on the web, ours for one that we hold.
  std::string image_url(const domain::ImageRecord& image) const;
  std::string thumbnail_url(ImageId image) const;

 private:
  Json hit(const search::Hit& hit) const;
  Json images(const domain::ItemRecord& item) const;

  std::string base_url_;
};

}  // namespace fit::http
