#include "http/app_files.h"

#include <algorithm>
#include <string>
#include <utility>

#include "http/etag.h"

namespace fit::http {
namespace {

const Asset* built_in(std::string_view path) {
  const auto found = std::ranges::lower_bound(assets(), path, {}, &Asset::path);
  return found == assets().end() || found->path != path ? nullptr : &*found;
}

}  // namespace

// A file with its texts, to which the Asset refers.
struct AppFiles::Made {
  std::string path;
  std::string content_type;
  std::string content;
  std::string tag;
  Asset asset;
};

AppFiles::AppFiles(const Brand& brand) {
  if (brand.is_default()) return;
  if (const Asset* const page = built_in("index.html")) {
    add(page->path, page->content_type, branded_page(page->content, brand));
  }
  if (const Asset* const manifest = built_in("manifest.webmanifest")) {
    add(manifest->path, manifest->content_type, branded_manifest(manifest->content, brand));
  }
  if (!brand.logo.content.empty()) {
    add(kLogoPath.substr(1), brand.logo.content_type, brand.logo.content);
  }
}

AppFiles::~AppFiles() = default;

void AppFiles::add(std::string_view path, std::string_view content_type, std::string content) {
  auto made = std::make_unique<Made>();
  made->path = path;
  made->content_type = content_type;
  made->content = std::move(content);
  made->tag = etag_of(made->content);
  made->asset = {.path = made->path,
                 .content_type = made->content_type,
                 .tag = made->tag,
                 .content = made->content,
                 .gzip = {},
                 .brotli = {}};
  made_.push_back(std::move(made));
}

const Asset* AppFiles::find(std::string_view path) const {
  const auto found =
      std::ranges::find(made_, path, [](const auto& one) { return std::string_view(one->path); });
  return found != made_.end() ? &(*found)->asset : built_in(path);
}

}  // namespace fit::http
