#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "ingest/import/row_source.h"
#include "ingest/import/shape.h"
#include "ingest/pages/listing_page.h"
#include "ingest/sources/source.h"
#include "net/url.h"

namespace fit::ingest {

using Origins = std::map<std::string, std::string>;

// Makes the listings of a source from what the readers of files and pages give, in one form: the source's
// name, absolute addresses of images, no price instead of 0, the currency of the settings where there is
// none. Immutable and thread-safe.
class ListingMaker {
 public:
  explicit ListingMaker(const OpenSource& options);

  // Adds the item of a row, or its failure. `read_as` is the origin of its fields. Relative locations of
  // images are resolved against `base`; nullopt: they are paths.
  void add_row(ImportRow row, const std::string& read_as, const std::optional<net::Url>& base,
               FetchPage& page) const;
  // Adds the item of an object with the names that marketplaces use (ingest/import/shape.h). False, with a
  // failure in the page, when it has no id.
  bool add_object(const Json& object, const net::Url& base, FetchPage& page) const;
  // Makes a listing of one that a page shows.
  FetchedListing of_page(PageListing shown, const std::string& page_url) const;

  // The folder that stands for the place of a feed that was fetched: ImportRow has its relative locations of
  // images below it.
  static std::filesystem::path feed_folder() { return "/fit-feed"; }

 private:
  void tidy(FetchedListing& listing, const std::optional<net::Url>& base) const;

  const std::string name_;
  const std::string currency_;
  const std::size_t max_image_bytes_;
};

}  // namespace fit::ingest
