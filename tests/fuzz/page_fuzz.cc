// Reads product pages, their links and sitemaps: any bytes give listings or an error.
#include "ingest/pages/listing_page.h"
#include "ingest/pages/page_links.h"
#include "ingest/pages/sitemap.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  (void)fit::ingest::parse_sitemap(fit::as_bytes(text));
  const auto page =
      fit::ingest::WebPage::parse({.url = "https://shop.example/p/1", .html = text, .content_type = {}});
  if (!page) return 0;
  (void)fit::ingest::read_listings(*page);
  (void)fit::ingest::page_links(*page);
  return 0;
}
