#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "http/assets.h"
#include "http/brand.h"

namespace fit::http {

// The app's files as this server sends them: those that are built in, of which the page and the manifest have
// the brand, and the logo. Immutable, therefore thread-safe.
class AppFiles {
 public:
  explicit AppFiles(const Brand& brand = {});
  ~AppFiles();
  AppFiles(const AppFiles&) = delete;
  AppFiles& operator=(const AppFiles&) = delete;

  // By the path of assets(), or "brand/logo"; null when there is none. The file lives as long as this object.
  const Asset* find(std::string_view path) const;

 private:
  struct Made;
  void add(std::string_view path, std::string_view content_type, std::string content);

  std::vector<std::unique_ptr<Made>> made_;  // for the brand
};

}  // namespace fit::http
