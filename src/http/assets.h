#pragma once

#include <span>
#include <string_view>

namespace fit::http {

// A file built into the program: the page, the API's pages and its description (see embed_assets.cmake).
struct Asset {
  std::string_view name;  // "index.html"
  std::string_view content;
};

std::span<const Asset> assets();

}  // namespace fit::http
