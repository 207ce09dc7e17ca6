#pragma once

#include <span>
#include <string_view>

namespace fit::http {

// A file built into the program: the web app, the API's pages and its description. The texts are static.
struct Asset {
  // "index.html", "assets/index-CeQrtf3_.js": a name under assets/ changes with the file's content.
  std::string_view path;
  std::string_view content_type;
  std::string_view tag;  // an ETag of the content, with its quotes
  std::string_view content;
  std::string_view gzip;    // the content compressed; empty where that does not make it smaller
  std::string_view brotli;  // the content compressed; empty where that does not make it smaller
};

// The list that web/build/embed.mjs makes, in ascending order of the paths. Thread-safe.
std::span<const Asset> assets();

}  // namespace fit::http
