#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/result.h"

namespace fit::ingest {

// One address of a sitemap.
struct SitemapEntry {
  std::string url;
  std::optional<Timestamp> modified_at;
};

// A sitemap (sitemaps.org): addresses of pages, or of further sitemaps.
struct Sitemap {
  bool is_index = false;
  std::vector<SitemapEntry> entries;  // at most kMaxSitemapEntries, in their order
  bool is_cut = false;                // damaged or too long: the entries up to there
};

// Reads a sitemap in XML, as a text with an address a line, or in RSS and Atom; gzip of any of these.
// Document types are refused, so that no entity expands or is fetched. kTooLarge naming "sitemap" for more
// than kMaxSitemapBytes after decompression; kMalformed naming "sitemap" for other documents.
Result<Sitemap> parse_sitemap(ByteView content);

inline constexpr std::size_t kMaxSitemapEntries = 50'000;
inline constexpr std::size_t kMaxSitemapBytes = 50u << 20;

}  // namespace fit::ingest
