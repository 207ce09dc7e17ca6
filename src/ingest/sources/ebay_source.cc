#include <algorithm>

#include "base/base64.h"
#include "base/format.h"
#include "base/percent_encoding.h"
#include "ingest/import/cell_values.h"
#include "ingest/sources/fetched_listings.h"
#include "ingest/sources/sweep.h"

namespace fit::ingest {
namespace {

constexpr int kEbayPageSize = 200;
constexpr int kMostEbayItems = 10'000;  // the API gives no more for one query
constexpr std::string_view kEbayServer = "https://api.ebay.com";
constexpr std::string_view kEbayScope = "https://api.ebay.com/oauth/api_scope";
constexpr std::chrono::seconds kTokenReserve{120};
constexpr std::chrono::seconds kMostTokenTime{24 * 3600};

// Whether none is left, where the summary states it.
bool is_ebay_sold_out(const Json& summary) {
  const auto found = summary.find("estimatedAvailabilities");
  if (found == summary.end() || !found->is_array() || found->empty()) return false;
  return std::ranges::all_of(*found, [](const Json& one) {
    return json_text(one, "estimatedAvailabilityStatus") == "OUT_OF_STOCK";
  });
}

// A summary of the Browse API with the names that ListingMaker reads.
Json ebay_listing(const Json& summary) {
  Json listing = Json::object();
  const auto take = [&](const char* from, const char* to) {
    const auto found = summary.find(from);
    if (found != summary.end() && !found->is_null()) listing[to] = *found;
  };
  take("itemId", "id");
  take("title", "title");
  take("shortDescription", "description");
  take("price", "price");
  take("currentBidPrice", "amount");  // of an auction, which may have no price
  take("itemWebUrl", "url");
  take("condition", "condition");
  take("brand", "brand");
  take("color", "color");
  take("size", "size");
  take("itemCreationDate", "created_at");
  take("image", "image");
  take("additionalImages", "additional_images");
  take("thumbnailImages", "thumbnail_images");
  const auto categories = summary.find("categories");
  if (categories != summary.end() && categories->is_array() && !categories->empty() &&
      (*categories)[0].is_object())
    listing["category_name"] = json_text((*categories)[0], "categoryName");
  if (is_ebay_sold_out(summary)) listing["in_stock"] = false;
  return listing;
}

// Reads what a query of the Browse API finds, the newest first, with the client credentials of the operator.
class EbaySource final : public SweptSource {
 public:
  EbaySource(const OpenSource& options, Crawler& crawler, std::string server)
      : SweptSource(options, crawler), maker_(options), server_(std::move(server)) {}

 protected:
  Result<void> step(const SweepStep& step) override {
    FIT_TRY(const bool has_token, get_token(step));
    if (!has_token) return {};
    const std::int64_t offset = json_number(step.sweep.cursor(), "offset", 0);
    CrawlRequest request{.url = search_url(offset), .obeys_robots = false};
    request.headers = {"Authorization: Bearer " + token_};
    if (!settings().marketplace.empty())
      request.headers.push_back("X-EBAY-C-MARKETPLACE-ID: " + settings().marketplace);
    CrawlResponse response;
    FIT_TRY(auto json, fetch_json(step, request, response));
    if (!json) {
      token_.clear();  // it may have been withdrawn
      return {};
    }
    if (!json->is_object() || !json->contains("total")) {
      step.fail(response.url, "is no result of eBay's Browse API");
      return {};
    }
    read(step, *json);
    return {};
  }

 private:
  std::string search_url(std::int64_t offset) const {
    std::string url = fit::format("{}/buy/browse/v1/item_summary/search?limit={}&offset={}&sort=newlyListed",
                                  server_, kEbayPageSize, offset);
    const auto add = [&](const char* name, const std::string& value) {
      if (!value.empty()) url += fit::format("&{}={}", name, percent_encode(value));
    };
    add("q", settings().query);
    add("category_ids", settings().category_ids);
    add("filter", settings().filter);
    add("fieldgroups", "EXTENDED");
    return url;
  }

  // Gets a token of the client, unless there is one. False when the step has ended.
  Result<bool> get_token(const SweepStep& step) {
    const auto time = std::chrono::steady_clock::now();
    if (!token_.empty() && time < token_until_) return true;
    CrawlRequest request{.url = server_ + "/identity/v1/oauth2/token", .obeys_robots = false};
    const std::string client = settings().client_id + ":" + settings().client_secret;
    request.headers = {"Authorization: Basic " + encode_base64(as_bytes(client)),
                       "Content-Type: application/x-www-form-urlencoded"};
    request.form = "grant_type=client_credentials&scope=" + percent_encode(kEbayScope);
    CrawlResponse response;
    FIT_TRY(const auto json, fetch_json(step, request, response));
    if (!json) return false;
    token_ = json_text(*json, "access_token");
    if (token_.empty()) {
      step.fail(response.url, "gives no token for the client");
      return false;
    }
    const std::chrono::seconds lifetime(std::clamp<std::int64_t>(
        json_number(*json, "expires_in", 7200), kTokenReserve.count(), kMostTokenTime.count()));
    token_until_ = time + lifetime - kTokenReserve;
    return true;
  }

  void read(const SweepStep& step, const Json& json) {
    const auto total = json["total"].is_number_integer() ? json["total"].get<std::int64_t>() : 0;
    const auto found = json.find("itemSummaries");
    const std::int64_t count = found != json.end() && found->is_array() ? std::ssize(*found) : 0;
    const net::Url base = net::parse_url(server_).value_or(net::Url{});
    for (std::int64_t i = 0; i < count; ++i) add(step, (*found)[static_cast<std::size_t>(i)], base);
    step.sweep.count_page();
    step.page.pages_total =
        (std::min<std::int64_t>(total, kMostEbayItems) + kEbayPageSize - 1) / kEbayPageSize;
    const std::int64_t next = json_number(step.sweep.cursor(), "offset", 0) + count;
    if (count > 0 && next < total && next + kEbayPageSize <= kMostEbayItems) {
      step.sweep.cursor()["offset"] = next;
      return;
    }
    if (next < total) {
      step.sweep.note_gap();
      step.page.remarks.push_back(
          fit::format("the query finds {} listings; eBay gives the first {} only", total, kMostEbayItems));
    }
    step.finish();
  }

  void add(const SweepStep& step, const Json& summary, const net::Url& base) const {
    if (!summary.is_object() || !maker_.add_object(ebay_listing(summary), base, step.page)) {
      step.sweep.note_gap();
      return;
    }
    FetchedListing& listing = step.page.listings.back();
    listing.ends_at = read_time(json_text(summary, "itemEndDate"));
    if (listing.ends_at && *listing.ends_at <= now()) listing.item.listing.status = "sold";
  }

  const ListingMaker maker_;
  const std::string server_;
  std::string token_;
  std::chrono::steady_clock::time_point token_until_{};
};

}  // namespace

Result<std::unique_ptr<Source>> open_ebay(const OpenSource& options, Crawler& crawler) {
  const std::string& address = options.settings.address;
  const auto url = net::parse_url(address.empty() ? kEbayServer : std::string_view(address));
  if (!url) return invalid("address", "must be an http or https URL");
  return std::make_unique<EbaySource>(options, crawler, url->origin());
}

}  // namespace fit::ingest
