#include "evaluate/load/load_requests.h"

#include <algorithm>

#include "base/base64.h"
#include "base/format.h"
#include "base/json.h"
#include "media/image.h"
#include "net/address.h"
#include "net/url.h"

namespace fit::evaluate {
namespace {

constexpr std::string_view kBoundary = "fit-bench-load-7MA4YWxkTrZu0gW";
constexpr int kImageSide = 64;

bool is_loopback(const std::string& host) {
  // A name may begin like an address.
  return host == "localhost" || host == "[::1]" || (host.starts_with("127.") && net::literal_is_public(host));
}

// The words at the start of a title.
std::string first_words(const std::string& title, std::size_t words) {
  std::size_t end = 0;
  for (; words > 0 && end < title.size(); --words) end = std::min(title.find(' ', end + 1), title.size());
  return title.substr(0, end);
}

}  // namespace

std::vector<std::string> LoadTarget::headers() const {
  if (key.empty()) return {};
  return {"Authorization: Bearer " + key};
}

Result<LoadTarget> load_target(const std::string& url, bool is_remote_allowed) {
  const auto parsed = net::parse_url(url);
  if (!parsed) return invalid("URL", "must be an http or https URL, such as http://127.0.0.1:8000");
  if (parsed->target() != "/") return invalid("URL", "must have no path: it is the address of the server");
  if (!is_loopback(parsed->host) && !is_remote_allowed) {
    return invalid("--remote",
                   fit::format("is needed for {}, which is another machine: load only servers that you "
                               "may load",
                               parsed->host));
  }
  return LoadTarget{.url = parsed->origin(), .key = {}};
}

bool names_private_host(const std::string& url) {
  const auto parsed = net::parse_url(url);
  if (!parsed) return false;
  return is_loopback(parsed->host) || net::literal_is_public(parsed->host) == std::optional(false);
}

Result<LoadRequests> LoadRequests::make(net::HttpClient& http, const LoadTarget& target, std::uint64_t run) {
  const net::HttpClient::Request list{
      .method = "GET", .url = target.url + "/api/v1/items?limit=100", .headers = target.headers()};
  FIT_TRY(const net::HttpReply reply, http.send("URL", list, {.retries = 0}));
  if (reply.status != 200) {
    return Error{ErrorCode::kBadGateway,
                 fit::format("the server answers a list of items with {}", reply.status),
                 "URL",
                 {}};
  }
  FIT_TRY(const Json json, parse_json("items", as_text(reply.body)));
  LoadRequests requests(run);
  if (!json.is_object() || !json.contains("items")) return malformed("URL", "is no server of Find This Fit");
  for (const Json& item : json.at("items")) {
    if (std::string title = json_text(item, "title"); !title.empty())
      requests.titles_.push_back(std::move(title));
    const auto images = item.find("images");
    if (images != item.end() && !images->empty()) requests.ids_.push_back(json_text(item, "id"));
  }
  // An empty catalogue is searched all the same.
  if (requests.titles_.empty())
    requests.titles_ = {"red dress", "blue jeans", "leather jacket", "white sneakers"};
  return requests;
}

Result<LoadBody> LoadRequests::body_of(LoadKind kind, std::uint64_t request) const {
  switch (kind) {
    case LoadKind::kSearch:
      return search(request);
    case LoadKind::kWrite:
      return write(request);
    case LoadKind::kIngest:
      return ingest(request);
  }
  return search(request);
}

LoadBody LoadRequests::search(std::uint64_t request) const {
  const std::uint64_t drawn = scrambled(request ^ run_);
  Json query;
  if (!ids_.empty() && drawn % 4 == 0) {
    query["item_id"] = ids_[(drawn >> 8) % ids_.size()];
  } else {
    const std::string& title = titles_[(drawn >> 8) % titles_.size()];
    const std::string& other = titles_[(drawn >> 32) % titles_.size()];
    query["text"] = first_words(title, 2) + " " + first_words(other, 1);
  }
  query["limit"] = 20;
  return {.method = "POST",
          .path = "/api/v1/search",
          .headers = {"Content-Type: application/json"},
          .body = dump_json(query)};
}

std::string LoadRequests::item_path(std::uint64_t request) const {
  return fit::format("/api/v1/items?source=load-test&external_id={}-{}", run_, request);
}

Result<LoadBody> LoadRequests::write(std::uint64_t request) const {
  FIT_TRY(const std::string image, image_of(request));
  Json item;
  item["source"] = "load-test";
  item["external_id"] = fit::format("{}-{}", run_, request);
  item["title"] = titles_[scrambled(request) % titles_.size()];
  item["price"] = static_cast<double>(request % 200);
  item["currency"] = "EUR";
  item["images"] = Json::array({{{"image_base64", encode_base64(as_bytes(image))}}});
  return LoadBody{.method = "PUT",
                  .path = item_path(request),
                  .headers = {"Content-Type: application/json"},
                  .body = dump_json(item)};
}

LoadBody LoadRequests::removal_of(std::uint64_t request) const {
  return {.method = "DELETE", .path = item_path(request), .headers = {}, .body = {}};
}

Result<LoadBody> LoadRequests::ingest(std::uint64_t request) const {
  FIT_TRY(const std::string image, image_of(request));
  std::string body = fit::format(
      "--{}\r\nContent-Disposition: form-data; name=\"files\"; filename=\"{}.png\"\r\n"
      "Content-Type: image/png\r\n\r\n",
      kBoundary, request);
  body += image;
  body += fit::format("\r\n--{}--\r\n", kBoundary);
  return LoadBody{.method = "POST",
                  .path = "/api/v1/ingest",
                  .headers = {fit::format("Content-Type: multipart/form-data; boundary={}", kBoundary)},
                  .body = std::move(body)};
}

// A PNG of a striped cloth whose first pixels are the numbers of the run and the request.
Result<std::string> LoadRequests::image_of(std::uint64_t request) const {
  media::Image image{.width = kImageSide, .height = kImageSide, .rgb = {}};
  const std::uint64_t colours = scrambled(request + run_);
  for (int i = 0; i < kImageSide * kImageSide; ++i) {
    const int stripe = (i / kImageSide / 8) % 2;
    for (int channel = 0; channel < 3; ++channel) {
      image.rgb.push_back(static_cast<std::uint8_t>(colours >> (8 * (channel + 3 * stripe))));
    }
  }
  for (std::size_t i = 0; i < sizeof request; ++i) {
    image.rgb[i] = static_cast<std::uint8_t>(request >> (8 * i));
    image.rgb[i + sizeof request] = static_cast<std::uint8_t>(run_ >> (8 * i));
  }
  FIT_TRY(const Bytes png, media::encode_png(image));
  return std::string(as_text(png));
}

}  // namespace fit::evaluate
