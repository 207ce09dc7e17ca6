#include <algorithm>

#include "base/format.h"
#include "ingest/sources/fetched_listings.h"
#include "ingest/sources/sweep.h"

namespace fit::ingest {
namespace {

constexpr int kShopifyPageSize = 250;
constexpr int kMaxShopifyPages = 4000;  // a million products
constexpr int kShopifyOptions = 3;

// A list of objects under a name; empty when there is none.
const Json& shopify_list(const Json& object, const char* name) {
  static const Json kNone = Json::array();
  const auto found = object.find(name);
  return found != object.end() && found->is_array() ? *found : kNone;
}

bool is_available_variant(const Json& variant) {
  const auto available = variant.find("available");
  return available == variant.end() || !available->is_boolean() || available->get<bool>();
}

// The values of option `number` among the variants, each once.
Json values_of_option(const Json& variants, int number) {
  const std::string name = fit::format("option{}", number);
  Json values = Json::array();
  for (const Json& variant : variants) {
    const auto value = variant.find(name);
    if (value != variant.end() && value->is_string() && !std::ranges::contains(values, *value))
      values.push_back(*value);
  }
  return values;
}

// Reduces a product to what can be bought: the price and the sizes of its available variants. When there are
// none, the product is sold out and keeps them all.
void keep_available(Json& product) {
  const Json& all = shopify_list(product, "variants");
  if (all.empty()) return;
  Json available = Json::array();
  for (const Json& variant : all) {
    if (variant.is_object() && is_available_variant(variant)) available.push_back(variant);
  }
  if (available.empty()) {
    product["in_stock"] = false;
    return;
  }
  Json options = shopify_list(product, "options");
  for (int i = 0; i < std::min<int>(kShopifyOptions, static_cast<int>(options.size())); ++i) {
    Json values = values_of_option(available, i + 1);
    if (options[i].is_object() && !values.empty()) options[i]["values"] = std::move(values);
  }
  product["variants"] = std::move(available);
  if (!options.empty()) product["options"] = std::move(options);
}

// Reads /products.json of a shop, or of a collection of it.
class ShopifySource final : public SweptSource {
 public:
  ShopifySource(const OpenSource& options, Crawler& crawler, const net::Url& address)
      : SweptSource(options, crawler), origin_(address.origin()), folder_(address.path), options_(options) {
    constexpr std::string_view kDocument = "/products.json";
    if (folder_.ends_with(kDocument)) folder_.resize(folder_.size() - kDocument.size());
    while (folder_.ends_with('/')) folder_.pop_back();
  }

 protected:
  Result<void> step(const SweepStep& step) override {
    FIT_TRY(const bool has_currency, find_currency(step));
    if (!has_currency) return {};
    Json& cursor = step.sweep.cursor();
    const std::int64_t number = json_number(cursor, "page", 1);
    CrawlRequest request{.url = fit::format("{}{}/products.json?limit={}&page={}", origin_, folder_,
                                            kShopifyPageSize, number)};
    CrawlResponse response;
    FIT_TRY(auto json, fetch_json(step, request, response));
    if (!json) return {};
    if (!json->is_object() || !json->contains("products")) {
      step.fail(response.url, "has no list of products, as shops made with Shopify have it");
      return {};
    }
    if (response.has_moved) step.page.address = net::parse_url(response.url)->origin() + folder_;
    return read(step, *json, response);
  }

 private:
  // Finds the currency of the shop, once a sweep. False when the step has ended.
  Result<bool> find_currency(const SweepStep& step) {
    Json& cursor = step.sweep.cursor();
    if (!settings().currency.empty() || cursor.contains("currency")) return true;
    FIT_TRY(const CrawlResponse response, step.session.get({.url = origin_ + "/meta.json"}));
    if (response.is_over_budget || response.refuses) {
      step.end_with(response);
      return false;
    }
    const auto meta = parse_json("", response.body);
    const std::string currency = response.is_ok() && meta ? json_text(*meta, "currency") : std::string();
    if (currency.empty())
      step.page.remarks.emplace_back("the shop does not state its currency; prices have none");
    cursor["currency"] = currency;
    return true;
  }

  Result<void> read(const SweepStep& step, const Json& json, const CrawlResponse& response) {
    Json& cursor = step.sweep.cursor();
    const std::int64_t number = json_number(cursor, "page", 1);
    const Json& products = shopify_list(json, "products");
    step.sweep.count_page();
    const std::string first = products.empty() ? std::string() : json_text(products[0], "handle");
    // A server that ignores the number of the page sends the first one again and again.
    const bool is_repeated = !first.empty() && number > 1 && first == json_text(cursor, "first");
    const net::Url base = net::parse_url(response.url).value_or(net::Url{});
    OpenSource options = options_;
    if (options.settings.currency.empty()) options.settings.currency = json_text(cursor, "currency");
    const ListingMaker maker(options);
    for (const Json& product : products) {
      if (is_repeated) break;
      Json whole = product;
      if (whole.is_object()) {
        keep_available(whole);
        const std::string handle = json_text(whole, "handle");
        if (!handle.empty()) whole["url"] = fit::format("{}/products/{}", base.origin(), handle);
      }
      if (!maker.add_object(whole, base, step.page)) step.sweep.note_gap();
    }
    if (products.empty() || is_repeated) {
      step.finish();
    } else if (number >= kMaxShopifyPages) {
      step.sweep.note_gap();
      step.finish();
    } else {
      if (number == 1) cursor["first"] = first;
      cursor["page"] = number + 1;
    }
    return {};
  }

  const std::string origin_;
  std::string folder_;  // "" or "/collections/coats"
  const OpenSource options_;
};

}  // namespace

Result<std::unique_ptr<Source>> open_shopify(const OpenSource& options, Crawler& crawler) {
  const auto address = net::parse_url(options.settings.address);
  if (!address) return invalid("address", "must be an http or https URL");
  return std::make_unique<ShopifySource>(options, crawler, *address);
}

}  // namespace fit::ingest
