#include "http/brand.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "base/files.h"
#include "base/format.h"
#include "base/json.h"
#include "base/replace_all.h"
#include "base/text.h"
#include "text/html.h"

namespace fit::http {
namespace {

constexpr std::string_view kOwnName = "Find This Fit";
constexpr std::size_t kMaxNameCharacters = 60;
constexpr std::size_t kMaxUrlBytes = 2000;
constexpr std::uint64_t kMaxLogoBytes = 512 << 10;

std::size_t count_characters(std::string_view utf8) {
  return static_cast<std::size_t>(
      std::ranges::count_if(utf8, [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

bool has_control_characters(std::string_view text) {
  return std::ranges::any_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

bool is_color(std::string_view text) {
  const auto is_hex = [](char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); };
  return text.size() == 7 && text.starts_with('#') && std::ranges::all_of(text.substr(1), is_hex);
}

bool is_currency(std::string_view text) {
  return text.size() == 3 && std::ranges::all_of(text, [](char c) { return c >= 'A' && c <= 'Z'; });
}

// The tags of a list, without blanks; nullopt where one is not a language of the app, or comes twice.
std::optional<std::vector<std::string>> languages_in(std::string_view list) {
  constexpr std::array<std::string_view, 6> kLanguages = {"en", "de", "fr",
                                                          "es", "it", "ar"};  // LANGUAGES of web/
  std::vector<std::string> tags;
  while (!list.empty()) {
    const std::size_t end = std::min(list.find(','), list.size());
    std::string tag = to_lower(trim(list.substr(0, end)));
    list.remove_prefix(std::min(end + 1, list.size()));
    if (!std::ranges::contains(kLanguages, tag) || std::ranges::contains(tags, tag)) return std::nullopt;
    tags.push_back(std::move(tag));
  }
  return tags;
}

// Schemes that run code are no links.
bool is_link(std::string_view url) {
  if (url.size() > kMaxUrlBytes || has_control_characters(url) || url.contains(' ')) return false;
  const bool is_path = url.starts_with('/') && !url.starts_with("//") && !url.starts_with("/\\");
  return is_path || url.starts_with("https://") || url.starts_with("http://");
}

// Removes the tag that begins with that text.
void remove_tag(std::string& html, std::string_view begin) {
  const std::size_t from = html.find(begin);
  if (from == std::string::npos) return;
  const std::size_t to = html.find('>', from);
  if (to != std::string::npos) html.erase(from, to + 1 - from);
}

// What the app's scripts know of the brand.
Json brand_json(const Brand& brand) {
  Json json = Json::object();
  const auto add = [&json](const char* key, std::string_view value) {
    if (!value.empty()) json[key] = value;
  };
  add("name", brand.name);
  add("color", brand.color);
  add("currency", brand.currency);
  if (const auto tags = languages_in(brand.languages); tags && !tags->empty()) json["languages"] = *tags;
  add("imprint", brand.imprint_url);
  add("privacy", brand.privacy_url);
  if (!brand.logo.content.empty()) json["logo"] = kLogoPath;
  return json;
}

}  // namespace

std::string_view site_name(std::string_view brand_name) {
  return brand_name.empty() ? kOwnName : brand_name;
}

bool Brand::is_default() const {
  return name.empty() && color.empty() && currency.empty() && languages.empty() && imprint_url.empty() &&
         privacy_url.empty() && logo.content.empty();
}

Result<void> Brand::check() const {
  if (!is_utf8(name) || has_control_characters(name) || count_characters(name) > kMaxNameCharacters) {
    return invalid("BRAND_NAME",
                   fit::format("must be a name of at most {} characters in one line", kMaxNameCharacters));
  }
  if (!color.empty() && !is_color(color)) {
    return invalid("BRAND_COLOR", "must be written like #0a5cb2, with six hexadecimal digits");
  }
  if (!currency.empty() && !is_currency(currency)) {
    return invalid("BRAND_CURRENCY", "must be the three capital letters of a currency, such as EUR");
  }
  if (!languages_in(languages)) {
    return invalid("BRAND_LANGUAGES",
                   "must be some of en, de, fr, es, it and ar, each once, separated by commas: de, fr");
  }
  for (const auto& [setting, url] :
       {std::pair("IMPRINT_URL", &imprint_url), std::pair("PRIVACY_URL", &privacy_url)}) {
    if (!url->empty() && !is_link(*url)) {
      return invalid(setting,
                     "must be an http(s) URL such as https://shop.example/imprint, or a path such as "
                     "/imprint");
    }
  }
  return {};
}

Result<Brand::Logo> read_logo(const std::string& setting, const std::filesystem::path& path) {
  constexpr std::array kTypes = {std::pair{".svg", "image/svg+xml"}, std::pair{".png", "image/png"},
                                 std::pair{".webp", "image/webp"}};
  const std::string extension = to_lower(path.extension().string());
  const auto* const type = std::ranges::find(kTypes, extension, [](const auto& one) { return one.first; });
  if (type == kTypes.end()) return invalid(setting, "must be a .svg, .png or .webp file");
  const auto bytes = read_file(path, kMaxLogoBytes);
  if (!bytes) {
    return invalid(setting, fit::format("{}: must be a file of at most {} KiB that this program may read",
                                        path.string(), kMaxLogoBytes >> 10));
  }
  if (bytes->empty()) return invalid(setting, "must not be an empty file");
  return Brand::Logo{.content = std::string(reinterpret_cast<const char*>(bytes->data()), bytes->size()),
                     .content_type = type->second};
}

std::string branded_page(std::string_view html, const Brand& brand) {
  std::string page(html);
  if (!brand.name.empty()) replace_all(page, kOwnName, text::escape_markup(brand.name));
  if (!brand.logo.content.empty()) {
    remove_tag(page, "<link rel=\"apple-touch-icon\"");
    replace_all(page, "href=\"/favicon.svg\" type=\"image/svg+xml\"",
                fit::format("href=\"{}\" type=\"{}\"", kLogoPath, brand.logo.content_type));
  }
  const std::string meta = fit::format("<meta name=\"brand\" content=\"{}\" />\n  ",
                                       text::escape_markup(dump_json(brand_json(brand))));
  const std::size_t end = page.find("</head>");
  if (end != std::string::npos) page.insert(end, meta);
  return page;
}

std::string branded_manifest(std::string_view manifest, const Brand& brand) {
  auto json = parse_json("manifest", manifest);
  if (!json) return std::string(manifest);
  if (!brand.name.empty()) {
    (*json)["name"] = brand.name;
    (*json)["short_name"] = brand.name;
  }
  if (!brand.logo.content.empty()) {
    Json icon = Json::object();
    icon["src"] = kLogoPath;
    icon["sizes"] = "any";
    icon["type"] = brand.logo.content_type;
    (*json)["icons"] = Json::array({icon});
  }
  return dump_json(*json, 2);
}

}  // namespace fit::http
