#pragma once

#include <span>
#include <string_view>

namespace fit::http {

// A file built into the program: the web app, the API's pages and its description. web/build/embed.mjs makes
// the list, in ascending order of the paths.
struct Asset {
  std::string_view
      path;  // "index.html", "assets/index-CeQrtf3_.js": a name under assets/ changes with its file
  std::string_view content_type;
  std::string_view tag;  // of the content, with its quotes: an ETag
  std::string_view content;
  std::string_view gzip;    // the content compressed; empty where that gains nothing
  std::string_view brotli;  // the same
};

std::span<const Asset> assets();

}  // namespace fit::http
