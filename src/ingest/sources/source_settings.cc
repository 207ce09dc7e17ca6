#include "ingest/sources/source_settings.h"

#include <algorithm>
#include <array>
#include <functional>
#include <utility>

#include "base/format.h"
#include "base/json_reader.h"
#include "ingest/import/shape.h"
#include "ingest/pages/page_links.h"
#include "ingest/pages/recipe.h"
#include "net/address.h"
#include "net/url.h"
#include "text/currency.h"

namespace fit::ingest {
namespace {

constexpr std::array kSourceKinds =
    std::to_array<std::string_view>({"feed", "shopify", "woocommerce", "ebay", "site", "recipe", "push"});

constexpr std::size_t kMaxListed = 100;        // texts in one member
constexpr std::size_t kMaxSettingText = 2000;  // bytes of one text
constexpr std::size_t kMaxRecipeText = 64 << 10;
constexpr std::int64_t kMostPages = 10'000'000;
constexpr std::int64_t kMostBytes = std::int64_t{8} << 30;
constexpr std::int64_t kMostDelayMs = 3'600'000;

using TextMember = std::pair<const char*, std::string SourceSettings::*>;
using ListMember = std::pair<const char*, std::vector<std::string> SourceSettings::*>;

constexpr std::array kSiteLists =
    std::to_array<ListMember>({{"sitemaps", &SourceSettings::sitemaps},
                               {"start_pages", &SourceSettings::start_pages},
                               {"product_patterns", &SourceSettings::product_patterns},
                               {"listing_patterns", &SourceSettings::listing_patterns},
                               {"exclude_patterns", &SourceSettings::exclude_patterns}});
constexpr std::array kRecipeLists =
    std::to_array<ListMember>({{"start_pages", &SourceSettings::start_pages}});
constexpr std::array kFeedLists = std::to_array<ListMember>({{"mapping", &SourceSettings::mapping}});
constexpr std::array kFeedTexts = std::to_array<TextMember>({{"shape", &SourceSettings::shape}});
constexpr std::array kRecipeTexts = std::to_array<TextMember>({{"recipe", &SourceSettings::recipe}});
constexpr std::array kEbayTexts =
    std::to_array<TextMember>({{"query", &SourceSettings::query},
                               {"category_ids", &SourceSettings::category_ids},
                               {"filter", &SourceSettings::filter},
                               {"marketplace", &SourceSettings::marketplace},
                               {"client_id", &SourceSettings::client_id},
                               {"client_secret", &SourceSettings::client_secret}});

// The members that only sources of one kind have.
struct KindMembers {
  std::span<const TextMember> texts = {};
  std::span<const ListMember> lists = {};
};

KindMembers members_of(SourceKind kind) {
  switch (kind) {
    case SourceKind::kFeed:
      return {kFeedTexts, kFeedLists};
    case SourceKind::kEbay:
      return {.texts = kEbayTexts};
    case SourceKind::kSite:
      return {.lists = kSiteLists};
    case SourceKind::kRecipe:
      return {kRecipeTexts, kRecipeLists};
    case SourceKind::kShopify:
    case SourceKind::kWooCommerce:
    case SourceKind::kPush:
      break;
  }
  return {};
}

// A member that is a number; its default when it is missing.
std::int64_t number_member(JsonReader& reader, const std::string& key, std::int64_t least, std::int64_t most,
                           std::int64_t fallback) {
  return reader.find(key) == nullptr ? fallback : reader.integer(key, least, most);
}

bool is_header_text(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c >= 0x20 && c < 0x7F; });
}

void check_list(JsonReader& reader, const std::string& key, const std::vector<std::string>& texts) {
  if (texts.size() > kMaxListed)
    return reader.fail(key, fit::format("must have at most {} entries", kMaxListed));
  const bool are_urls = key == "sitemaps" || key == "start_pages";
  for (std::size_t i = 0; i < texts.size(); ++i) {
    const std::string name = fit::format("{}[{}]", key, i);
    if (texts[i].size() > kMaxSettingText)
      reader.fail(name, fit::format("must have at most {} bytes", kMaxSettingText));
    if (key == "user_agents" && !is_header_text(texts[i])) reader.fail(name, "must be plain ASCII");
    if (are_urls && !net::parse_url(texts[i])) reader.fail(name, "must be an http or https URL");
    if (!key.ends_with("_patterns")) continue;
    if (const auto pattern = LinkPattern::make(reader.path(name), texts[i]); !pattern)
      reader.fail(name, pattern.error().message);
  }
}

Result<void> check_recipe(const std::string& recipe) {
  constexpr std::string_view kField = "settings.recipe";
  if (recipe.empty()) return invalid(std::string(kField), "must name a recipe or be the text of one");
  const bool is_text = recipe.contains('\n') || recipe.contains('=');
  const auto read = is_text ? Recipe::parse(recipe) : Recipe::builtin(recipe);
  if (read) return {};
  return invalid(std::string(kField), is_text
                                          ? fit::format("{} {}", read.error().field, read.error().message)
                                          : fit::format("{} is none of the recipes of the program", recipe));
}

// Whether credentials may be sent to an address: eBay's own servers, and test servers on private addresses,
// which only a server with ALLOW_PRIVATE_ADDRESSES asks. Otherwise whoever may change the address could get
// the secret.
bool is_ebay_server(const std::string& address) {
  const auto url = net::parse_url(address);
  if (!url) return false;
  const bool is_own = url->host == "api.ebay.com" || url->host == "api.sandbox.ebay.com";
  return (is_own && url->scheme == "https") || net::literal_is_public(url->host) == false;
}

Result<void> check_address(const SourceSettings& settings) {
  const std::string& address = settings.address;
  if (address.size() > kMaxSettingText)
    return invalid("address", fit::format("must have at most {} bytes", kMaxSettingText));
  const bool is_url = net::parse_url(address).has_value();
  switch (settings.kind) {
    case SourceKind::kFeed:
      if (is_url || (address.starts_with('/') && !address.contains('\0'))) return {};
      return invalid("address", "must be an http or https URL or an absolute path");
    case SourceKind::kEbay:
      if (address.empty() || is_ebay_server(address)) return {};
      return invalid("address", "must be empty, https://api.ebay.com or https://api.sandbox.ebay.com");
    case SourceKind::kPush:
    case SourceKind::kRecipe:
      if (address.empty() || is_url) return {};
      break;
    default:
      if (is_url) return {};
      break;
  }
  return invalid("address", "must be an http or https URL");
}

Result<void> check_kind(const SourceSettings& settings) {
  switch (settings.kind) {
    case SourceKind::kFeed:
      if (!settings.shape.empty() && find_shape(settings.shape) == nullptr)
        return invalid("settings.shape", settings.shape + " is none of " + shape_ids());
      if (auto names = ColumnNames::make(own_shape(), settings.mapping); !names)
        return invalid("settings.mapping", names.error().message);
      return {};
    case SourceKind::kRecipe:
      return check_recipe(settings.recipe);
    case SourceKind::kEbay:
      if (settings.query.empty() && settings.category_ids.empty())
        return invalid("settings.query", "is missing; eBay is asked by a query or by category_ids");
      if (settings.client_id.empty()) return invalid("settings.client_id", "is missing");
      if (settings.client_secret.empty()) return invalid("settings.client_secret", "is missing");
      if (!is_header_text(settings.marketplace))
        return invalid("settings.marketplace", "must be plain ASCII");
      return {};
    case SourceKind::kSite:
      if (!settings.start_pages.empty() && settings.product_patterns.empty())
        return invalid("settings.product_patterns",
                       "is missing; with start_pages it tells which links lead to products");
      return {};
    default:
      return {};
  }
}

}  // namespace

std::string_view to_string(SourceKind kind) {
  return kSourceKinds[static_cast<std::size_t>(kind)];
}

Result<SourceKind> parse_source_kind(std::string_view field, std::string_view text) {
  const auto* const found = std::ranges::find(kSourceKinds, text);
  if (found == kSourceKinds.end())
    return invalid(std::string(field), "must be feed, shopify, woocommerce, ebay, site, recipe or push");
  return static_cast<SourceKind>(found - kSourceKinds.begin());
}

Result<SourceSettings> parse_source_settings(SourceKind kind, const std::string& address, const Json& json) {
  static const Json kNone = Json::object();
  if (!json.is_null() && !json.is_object()) return invalid("settings", "must be an object");
  JsonReader reader(json.is_null() ? kNone : json, "settings");
  SourceSettings settings{.kind = kind, .address = address};
  settings.user_agents = reader.optional_texts("user_agents");
  check_list(reader, "user_agents", settings.user_agents);
  settings.min_delay = std::chrono::milliseconds(number_member(reader, "min_delay_ms", 0, kMostDelayMs, 0));
  settings.max_pages = number_member(reader, "max_pages", 1, kMostPages, settings.max_pages);
  settings.max_bytes = number_member(reader, "max_bytes", 1024, kMostBytes, settings.max_bytes);
  if (const std::string currency = reader.optional_text("currency"); !currency.empty()) {
    settings.currency = text::currency_code(currency);
    if (settings.currency.empty()) reader.fail("currency", "is not the code of a currency");
  }
  const KindMembers members = members_of(kind);
  for (const auto& [key, member] : members.lists) {
    settings.*member = reader.optional_texts(key);
    check_list(reader, key, settings.*member);
  }
  for (const auto& [key, member] : members.texts) {
    settings.*member = reader.optional_text(key);
    const std::size_t most = member == &SourceSettings::recipe ? kMaxRecipeText : kMaxSettingText;
    if ((settings.*member).size() > most) reader.fail(key, fit::format("must have at most {} bytes", most));
  }
  FIT_CHECK(reader.finish());
  FIT_CHECK(check_address(settings));
  FIT_CHECK(check_kind(settings));
  return settings;
}

Json source_settings_json(const SourceSettings& settings, bool with_secrets) {
  const SourceSettings defaults;
  Json json = Json::object();
  if (!settings.user_agents.empty()) json["user_agents"] = settings.user_agents;
  if (settings.min_delay.count() > 0) json["min_delay_ms"] = settings.min_delay.count();
  if (settings.max_pages != defaults.max_pages) json["max_pages"] = settings.max_pages;
  if (settings.max_bytes != defaults.max_bytes) json["max_bytes"] = settings.max_bytes;
  if (!settings.currency.empty()) json["currency"] = settings.currency;
  const KindMembers members = members_of(settings.kind);
  for (const auto& [key, member] : members.lists) {
    if (!(settings.*member).empty()) json[key] = settings.*member;
  }
  for (const auto& [key, member] : members.texts) {
    const bool is_secret = member == &SourceSettings::client_secret;
    if (!(settings.*member).empty() && (with_secrets || !is_secret)) json[key] = settings.*member;
  }
  return json;
}

}  // namespace fit::ingest
