#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "base/result.h"

namespace fit::http {

// How the app presents itself. A default one is that of Find This Fit.
struct Brand {
  struct Logo {
    std::string content = {};  // empty: the app's own
    std::string content_type = {};
  };

  std::string name = {};      // empty: Find This Fit
  std::string color = {};     // "#0a5cb2"; empty: the app's own
  std::string currency = {};  // of prices that have none; empty: they are shown without one
  // The tags of the languages that the app offers, separated by commas, the first for those whose browser
  // wants none of them; empty: all that the app has, and English.
  std::string languages = {};
  std::string imprint_url = {};  // an http(s) URL or a path of this host; empty: no link
  std::string privacy_url = {};  // likewise
  Logo logo = {};

  bool is_default() const;
  // kInvalid naming the setting of a member that is not as described above.
  Result<void> check() const;
};

// The name of the site that a BRAND_NAME gives it: its own, if it has one.
std::string_view site_name(std::string_view brand_name);

// Reads an SVG, PNG or WebP file of at most 512 KiB. kInvalid naming `setting` when there is none.
Result<Brand::Logo> read_logo(const std::string& setting, const std::filesystem::path& path);

// The app's page with the brand: its name as the title, its logo as the icon, and all of it for the app's
// scripts in <meta name="brand">. `html` is the page that is built in.
std::string branded_page(std::string_view html, const Brand& brand);

// The web app manifest with the brand's name and logo. `manifest` is the one that is built in.
std::string branded_manifest(std::string_view manifest, const Brand& brand);

// The path of the logo on this server.
inline constexpr std::string_view kLogoPath = "/brand/logo";

}  // namespace fit::http
