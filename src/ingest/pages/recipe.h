#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "ingest/pages/listing_page.h"
#include "ingest/pages/page_links.h"

namespace fit::ingest {

// How to read the listings of one site, as a TOML document says (docs/sources.md has its fields). Immutable
// and thread-safe.
class Recipe {
 public:
  // kInvalid naming the field for a document that is not a recipe: unknown fields, a pattern or selector that
  // cannot be read, no field and no markup to read.
  static Result<Recipe> parse(std::string_view toml);
  // One of the recipes that the program brings: "depop", "vinted", "poshmark". kNotFound for other names.
  static Result<Recipe> builtin(std::string_view name);
  static std::vector<std::string> builtin_names();
  Recipe(Recipe&& other) noexcept;
  Recipe& operator=(Recipe&& other) noexcept;
  ~Recipe();

  const std::string& name() const;
  // The hosts that the recipe is for ("vinted.de"), without "www."; empty: any.
  const std::vector<std::string>& hosts() const;
  // Where a run begins.
  const std::vector<std::string>& start_pages() const;
  // How many pages of one list a run reads at most.
  int max_list_pages() const;

  // Whether an address is that of a listing.
  bool is_listing_url(std::string_view url) const;
  // The addresses of listings that a list page links to, each once, in their order.
  std::vector<std::string> listing_links(const WebPage& list_page) const;
  // The address of the list page after this one; empty at the end. `page_number` of this page, from 1.
  std::string next_list_page(const WebPage& list_page, int page_number) const;
  // Reads a listing's page: the recipe's fields first, then read_listings() for those that are left open, if
  // the recipe allows it.
  ListingPage read(const WebPage& listing_page) const;

 private:
  struct Parts;
  explicit Recipe(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace fit::ingest
