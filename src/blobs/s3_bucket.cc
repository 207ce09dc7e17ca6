#include "blobs/s3_bucket.h"

#include <algorithm>
#include <charconv>
#include <cstdint>

#include "base/format.h"

namespace fit::blobs {
namespace {

constexpr std::uint64_t kMaxDocument = 16 << 20;

std::string percent_encode(std::string_view text) {
  std::string encoded;
  for (const char c : text) {
    const bool is_plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                          c == '-' || c == '_' || c == '.' || c == '~';
    if (is_plain) {
      encoded += c;
    } else {
      encoded += fit::format("%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return encoded;
}

// Turns the failure of a transfer into that of the storage.
Error unreachable(const Error& error) {
  if (error.code == ErrorCode::kTooLarge) {
    return {ErrorCode::kBadGateway, "the file storage sent an invalid response", {}, error.describe()};
  }
  return {ErrorCode::kUnavailable, "the file storage cannot be reached", {}, error.describe()};
}

// The Error for a response with an error status.
Error refused(const net::HttpReply& reply) {
  const std::string code = s3_error_code(reply.body);
  const std::string detail = fit::format("status {}{}{}", reply.status, code.empty() ? "" : ": ", code);
  if (reply.status == 507 || code == "QuotaExceeded" || code.ends_with("StorageFull")) {
    return {ErrorCode::kStorageFull, "the file storage is full", {}, detail};
  }
  if (reply.status == 429 || reply.status >= 500) {
    return {ErrorCode::kUnavailable, "the file storage is overloaded or fails", {}, detail};
  }
  if (reply.status == 401 || reply.status == 403) return internal("the file storage refuses access", detail);
  if (code == "NoSuchBucket") return internal("the bucket of the file storage does not exist", detail);
  return internal("the file storage refuses the request", detail);
}

bool is_success(const net::HttpReply& reply) {
  return reply.status >= 200 && reply.status < 300;
}

// The total in "bytes 0-9/100"; nullopt for other texts.
std::optional<std::uint64_t> total_of(std::string_view content_range) {
  const std::size_t slash = content_range.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  content_range.remove_prefix(slash + 1);
  std::uint64_t total = 0;
  const auto [end, error] =
      std::from_chars(content_range.data(), content_range.data() + content_range.size(), total);
  if (error != std::errc{} || end != content_range.data() + content_range.size()) return std::nullopt;
  return total;
}

// Checks and shortens the endpoint: "https://host:port".
Result<std::string> origin_of(std::string endpoint) {
  while (endpoint.ends_with('/')) endpoint.pop_back();
  const std::size_t scheme = endpoint.find("://");
  const bool is_http = endpoint.starts_with("http://") || endpoint.starts_with("https://");
  if (!is_http || endpoint.size() == scheme + 3 ||
      endpoint.find_first_of("/?#@", scheme + 3) != std::string::npos) {
    return invalid("S3_ENDPOINT",
                   "must be the URL of a server without a path, such as http://127.0.0.1:9000");
  }
  return endpoint;
}

bool is_region(std::string_view region) {
  return !region.empty() &&
         region.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") == std::string_view::npos;
}

}  // namespace

// A request and its limits.
struct S3Bucket::Call {
  std::string method;
  std::string_view key = {};
  std::string query = {};
  std::vector<std::string> headers = {};
  std::optional<ByteView> body = {};
  std::uint64_t max_bytes = kMaxDocument;  // of the response
  std::optional<int> retries = {};
  std::optional<std::chrono::milliseconds> timeout = {};
};

S3Bucket::S3Bucket(std::string name, S3Options options, AwsCredentialChain::Options credentials)
    : name_(std::move(name)),
      options_(std::move(options)),
      // The endpoint is the operator's, so it may be a server of the private network.
      http_({.allow_private_addresses = true}),
      credentials_(std::move(credentials), http_) {}

Result<std::shared_ptr<S3Bucket>> S3Bucket::make(std::string name, S3Options options,
                                                 AwsCredentialChain::Options credentials) {
  if (!is_region(options.region)) return invalid("S3_REGION", "must be a region such as eu-central-1");
  const bool is_amazon = options.endpoint.empty();
  if (is_amazon) options.endpoint = fit::format("https://s3.{}.amazonaws.com", options.region);
  FIT_TRY(const std::string origin, origin_of(options.endpoint));
  const bool has_name_in_host =
      options.addressing == S3Addressing::kHost || (options.addressing == S3Addressing::kAuto && is_amazon);
  const std::size_t host = origin.find("://") + 3;
  std::shared_ptr<S3Bucket> bucket(new S3Bucket(std::move(name), std::move(options), std::move(credentials)));
  bucket->base_url_ = has_name_in_host ? origin.substr(0, host) + bucket->name_ + "." + origin.substr(host)
                                       : origin + "/" + bucket->name_;
  return bucket;
}

std::string S3Bucket::url_of(std::string_view key, std::string_view query) const {
  // The bucket itself is "/bucket" or "/".
  const bool is_bucket_in_path = key.empty() && base_url_.ends_with("/" + name_);
  return fit::format("{}{}{}{}{}", base_url_, is_bucket_in_path ? "" : "/", key, query.empty() ? "" : "?",
                     query);
}

Result<net::HttpReply> S3Bucket::send(const Call& call) {
  FIT_TRY(const AwsCredentials credentials, credentials_.get());
  const std::uint64_t bytes =
      (call.body ? call.body->size() : 0) + (call.method == "HEAD" ? 0 : std::uint64_t{call.max_bytes});
  const std::chrono::milliseconds transfer(bytes * 1000 / options_.bytes_per_second);
  const net::HttpLimits limits{.total_timeout = call.timeout.value_or(options_.timeout + transfer),
                               .max_bytes = call.max_bytes,
                               .retries = call.retries.value_or(options_.retries)};
  auto reply = http_.send("storage",
                          {.method = call.method,
                           .url = url_of(call.key, call.query),
                           .headers = call.headers,
                           .body = call.body,
                           .signing = net::AwsSigning{.service = "s3",
                                                      .region = options_.region,
                                                      .key_id = credentials.key_id,
                                                      .secret = credentials.secret,
                                                      .session_token = credentials.session_token}},
                          limits);
  if (!reply) return unreachable(reply.error());
  return reply;
}

Result<void> S3Bucket::probe() {
  FIT_TRY(const auto reply, send({.method = "GET", .query = "list-type=2&max-keys=1", .retries = 0}));
  if (!is_success(reply)) return refused(reply);
  return {};
}

Result<void> S3Bucket::put(const std::string& key, ByteView content) {
  FIT_TRY(const auto reply, send({.method = "PUT",
                                  .key = key,
                                  .headers = {"Content-Type: application/octet-stream"},
                                  .body = content}));
  if (!is_success(reply)) return refused(reply);
  return {};
}

Result<bool> S3Bucket::exists(const std::string& key) {
  FIT_TRY(const auto reply, send({.method = "HEAD", .key = key, .max_bytes = UINT64_MAX}));
  if (reply.status == 404) return false;
  if (!is_success(reply)) return refused(reply);
  return true;
}

Result<std::optional<S3Part>> S3Bucket::read(const std::string& key, std::uint64_t offset,
                                             std::uint64_t count) {
  FIT_TRY(auto reply, send({.method = "GET",
                            .key = key,
                            .headers = {fit::format("Range: bytes={}-{}", offset,
                                                    offset + std::max<std::uint64_t>(count, 1) - 1)},
                            .max_bytes = std::max<std::uint64_t>(count, 1)}));
  if (reply.status == 404 && s3_error_code(reply.body) != "NoSuchBucket") return std::nullopt;
  if (reply.status == 416) {  // nothing from `offset` on
    return S3Part{.content = {}, .object_bytes = total_of(reply.header("content-range")).value_or(offset)};
  }
  if (!is_success(reply)) return refused(reply);
  std::optional<std::uint64_t> total = reply.body.size();
  if (reply.status == 206) total = total_of(reply.header("content-range"));
  if (!total || (reply.status != 206 && offset > 0)) {
    return Error{ErrorCode::kBadGateway, "the file storage sent an invalid response", {}, "not the range"};
  }
  if (reply.body.size() > count) reply.body.resize(count);
  return S3Part{.content = std::move(reply.body), .object_bytes = *total};
}

Result<bool> S3Bucket::touch(const std::string& key) {
  FIT_TRY(const auto reply,
          send({.method = "PUT",
                .key = key,
                .headers = {"x-amz-copy-source: /" + name_ + "/" + key, "x-amz-metadata-directive: REPLACE",
                            "Content-Type: application/octet-stream"},
                .body = ByteView()}));
  const std::string code = s3_error_code(reply.body);
  if (reply.status == 404 && code != "NoSuchBucket") return false;
  if (!is_success(reply)) return refused(reply);
  // A copy that fails after the status was sent says so in its body.
  if (!code.empty()) {
    return Error{ErrorCode::kUnavailable, "the file storage is overloaded or fails", {}, code};
  }
  return true;
}

Result<void> S3Bucket::remove(const std::string& key, std::chrono::milliseconds timeout) {
  FIT_TRY(const auto reply, send({.method = "DELETE", .key = key, .retries = 0, .timeout = timeout}));
  if (!is_success(reply) && reply.status != 404) return refused(reply);
  return {};
}

Result<S3Page> S3Bucket::list(const std::string& prefix, const std::string& after) {
  std::string query = fit::format("list-type=2&max-keys={}&prefix={}", options_.page, percent_encode(prefix));
  if (!after.empty()) query += "&start-after=" + percent_encode(after);
  FIT_TRY(const auto reply, send({.method = "GET", .query = std::move(query)}));
  if (!is_success(reply)) return refused(reply);
  return parse_s3_page(reply.body);
}

Result<std::string> S3Bucket::begin_upload(const std::string& key) {
  FIT_TRY(const auto reply, send({.method = "POST",
                                  .key = key,
                                  .query = "uploads=",
                                  .headers = {"Content-Type: application/octet-stream"},
                                  .body = ByteView()}));
  if (!is_success(reply)) return refused(reply);
  return parse_s3_upload_id(reply.body);
}

Result<std::string> S3Bucket::put_part(const std::string& key, const std::string& upload, int number,
                                       ByteView content) {
  FIT_TRY(const auto reply,
          send({.method = "PUT",
                .key = key,
                .query = fit::format("partNumber={}&uploadId={}", number, percent_encode(upload)),
                .headers = {"Content-Type: application/octet-stream"},
                .body = content}));
  if (!is_success(reply)) return refused(reply);
  std::string tag = reply.header("etag");
  if (tag.empty()) {
    return Error{ErrorCode::kBadGateway, "the file storage sent an invalid response", {}, "no ETag"};
  }
  return tag;
}

Result<void> S3Bucket::complete_upload(const std::string& key, const std::string& upload,
                                       const std::vector<std::string>& tags) {
  std::string parts = "<CompleteMultipartUpload>";
  int number = 0;
  for (const std::string& tag : tags) {
    parts += fit::format("<Part><PartNumber>{}</PartNumber><ETag>{}</ETag></Part>", ++number, tag);
  }
  parts += "</CompleteMultipartUpload>";
  FIT_TRY(const auto reply, send({.method = "POST",
                                  .key = key,
                                  .query = "uploadId=" + percent_encode(upload),
                                  .headers = {"Content-Type: application/xml"},
                                  .body = as_bytes(parts)}));
  if (!is_success(reply)) return refused(reply);
  // An upload that fails after the status was sent says so in its body.
  if (const std::string code = s3_error_code(reply.body); !code.empty()) {
    return Error{ErrorCode::kUnavailable, "the file storage is overloaded or fails", {}, code};
  }
  return {};
}

Result<void> S3Bucket::abort_upload(const std::string& key, const std::string& upload) {
  FIT_TRY(const auto reply,
          send({.method = "DELETE", .key = key, .query = "uploadId=" + percent_encode(upload)}));
  if (!is_success(reply) && reply.status != 404) return refused(reply);
  return {};
}

Result<std::vector<S3Upload>> S3Bucket::list_uploads(const std::string& prefix) {
  FIT_TRY(const auto reply,
          send({.method = "GET", .query = "prefix=" + percent_encode(prefix) + "&uploads=", .retries = 0}));
  if (reply.status == 501 || reply.status == 405) return std::vector<S3Upload>();
  if (!is_success(reply)) return refused(reply);
  return parse_s3_uploads(reply.body);
}

}  // namespace fit::blobs
