#include <algorithm>
#include <charconv>

#include "base/format.h"
#include "ingest/sources/fetched_listings.h"
#include "ingest/sources/sweep.h"

namespace fit::ingest {
namespace {

constexpr int kWooPageSize = 100;
constexpr int kMaxWooPages = 10'000;
constexpr int kMostMinorDigits = 6;

// The number in a header such as X-WP-TotalPages; 0 for other texts.
std::int64_t woo_number(const std::string& text) {
  std::int64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return std::max<std::int64_t>(number, 0);
}

// The amount of a price in minor units: {"price": "1999", "currency_minor_unit": 2} is 19.99.
std::optional<double> woo_amount(const Json& prices) {
  const auto found = prices.find("price");
  if (found == prices.end() || !found->is_string()) return std::nullopt;
  const auto& text = found->get_ref<const std::string&>();
  double amount = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), amount);
  if (problem != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  const auto unit = prices.find("currency_minor_unit");
  const int digits = unit != prices.end() && unit->is_number_integer() ? unit->get<int>() : 2;
  double units = 1;
  for (int i = 0; i < std::clamp(digits, 0, kMostMinorDigits); ++i) units *= 10;
  return amount / units;
}

// The names of the terms of an attribute: {"name": "Size", "terms": [{"name": "S"}]}.
Json woo_options(const Json& product) {
  Json options = Json::array();
  const auto attributes = product.find("attributes");
  if (attributes == product.end() || !attributes->is_array()) return options;
  for (const Json& attribute : *attributes) {
    if (!attribute.is_object() || !attribute.contains("name") || !attribute.contains("terms")) continue;
    options.push_back(Json{{"name", attribute["name"]}, {"values", attribute["terms"]}});
  }
  return options;
}

// A product of the Store API with the names that ListingMaker reads.
Json woo_listing(const Json& product) {
  Json listing = Json::object();
  for (const char* name : {"id", "name", "permalink", "description", "short_description", "images",
                           "categories", "brands", "tags"}) {
    if (product.contains(name)) listing[name] = product[name];
  }
  if (const auto brands = listing.find("brands"); brands != listing.end()) {
    const Json first = brands->is_array() && !brands->empty() ? (*brands)[0] : Json();
    listing.erase("brands");
    if (!first.is_null()) listing["brand"] = first;
  }
  const auto prices = product.find("prices");
  if (prices != product.end() && prices->is_object()) {
    if (const auto amount = woo_amount(*prices)) listing["price"] = *amount;
    if (prices->contains("currency_code")) listing["currency"] = (*prices)["currency_code"];
  }
  if (product.contains("is_in_stock") && product["is_in_stock"].is_boolean())
    listing["in_stock"] = product["is_in_stock"];
  listing["options"] = woo_options(product);
  return listing;
}

// The address of the shop that an address of its site or of its API belongs to; a shop may be in a folder.
std::string woo_root(const net::Url& address) {
  std::string root = address.origin() + address.path;
  if (const std::size_t api = root.find("/wp-json"); api != std::string::npos) root.resize(api);
  while (root.ends_with('/')) root.pop_back();
  return root;
}

// Reads the Store API of a shop, in the order of ids, so that a new product does not move the others.
class WooCommerceSource final : public SweptSource {
 public:
  WooCommerceSource(const OpenSource& options, Crawler& crawler, const net::Url& address)
      : SweptSource(options, crawler), maker_(options), root_(woo_root(address)) {}

 protected:
  Result<void> step(const SweepStep& step) override {
    Json& cursor = step.sweep.cursor();
    const std::int64_t number = json_number(cursor, "page", 1);
    const CrawlRequest request{
        .url = fit::format("{}/wp-json/wc/store/v1/products?per_page={}&page={}&orderby=id&order=asc", root_,
                           kWooPageSize, number)};
    CrawlResponse response;
    FIT_TRY(auto json, fetch_json(step, request, response));
    if (!json) return {};
    if (!json->is_array()) {
      step.fail(response.url, "is no list of products, as WooCommerce's Store API has it");
      return {};
    }
    const net::Url base = net::parse_url(response.url).value_or(net::Url{});
    if (response.has_moved) step.page.address = woo_root(base);
    step.sweep.count_page();
    step.page.pages_total = woo_number(response.headers["x-wp-totalpages"]);
    for (const Json& product : *json) {
      if (!product.is_object() || !maker_.add_object(woo_listing(product), base, step.page))
        step.sweep.note_gap();
    }
    const bool is_last =
        step.page.pages_total > 0 ? number >= step.page.pages_total : std::ssize(*json) < kWooPageSize;
    if (number >= kMaxWooPages && !is_last) step.sweep.note_gap();
    if (json->empty() || is_last || number >= kMaxWooPages) {
      step.finish();
    } else {
      cursor["page"] = number + 1;
    }
    return {};
  }

 private:
  const ListingMaker maker_;
  const std::string root_;
};

}  // namespace

Result<std::unique_ptr<Source>> open_woocommerce(const OpenSource& options, Crawler& crawler) {
  const auto address = net::parse_url(options.settings.address);
  if (!address) return invalid("address", "must be an http or https URL");
  return std::make_unique<WooCommerceSource>(options, crawler, *address);
}

}  // namespace fit::ingest
