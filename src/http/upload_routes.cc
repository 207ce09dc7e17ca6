#include <charconv>
#include <chrono>
#include <optional>

#include "base/base64.h"
#include "base/format.h"
#include "base/hash.h"
#include "base/text.h"
#include "http/api.h"
#include "http/audit.h"
#include "http/problem.h"
#include "http/response_head.h"
#include "ingest/assets/asset_service.h"

// Resumable uploads by the tus protocol 1.0.0 (https://tus.io/protocols/resumable-upload), with the
// extensions creation, termination, expiration and checksum.
namespace fit::http {
namespace {

constexpr std::string_view kVersion = "1.0.0";
constexpr std::string_view kExtensions = "creation,termination,expiration,checksum";
constexpr std::string_view kAlgorithms = "sha1,sha256";
constexpr std::size_t kMaxMetadataBytes = 16'384;
constexpr int kLocked = 423;
constexpr int kChecksumMismatch = 460;

using ingest::Upload;

Response with_version(Response response) {
  response.headers.emplace_back("Tus-Resumable", kVersion);
  return response;
}

Result<std::uint64_t> number_header(const Request& request, std::string_view name, std::string_view shown) {
  const std::string_view text = request.headers.get(name);
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (text.empty() || error != std::errc{} || end != text.data() + text.size()) {
    return malformed(std::string(shown), "must be a whole number of bytes");
  }
  return number;
}

// The values of Upload-Metadata: "filename d29ybGQ=,metadata e30=".
struct SentMetadata {
  std::string name;
  ingest::AssetMetadata metadata;
};

Result<void> read_pair(const std::string& key, const Bytes& value, SentMetadata& sent) {
  if (key == "filename" || key == "name") {
    sent.name = ingest::display_name(as_text(value));
  } else if (key == "metadata") {
    FIT_TRY(const Json json, parse_json("Upload-Metadata.metadata", as_text(value)));
    FIT_TRY(sent.metadata, ingest::parse_asset_metadata("Upload-Metadata.metadata", json));
  } else if (key != "filetype" && key != "type" && key != "relativePath") {
    // The type is found by the content.
    return invalid("Upload-Metadata", "has an unknown key beside filename, filetype and metadata");
  }
  return {};
}

Result<SentMetadata> read_metadata(std::string_view header) {
  SentMetadata sent;
  if (header.size() > kMaxMetadataBytes) {
    return Error{ErrorCode::kTooLarge,
                 fit::format("is longer than {} bytes", kMaxMetadataBytes),
                 "Upload-Metadata",
                 {}};
  }
  for (std::string_view rest = header; !trim(rest).empty();) {
    const std::size_t end = std::min(rest.find(','), rest.size());
    const std::string_view pair = trim(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
    const std::size_t blank = std::min(pair.find(' '), pair.size());
    FIT_TRY(const Bytes value, decode_base64("Upload-Metadata", trim(pair.substr(blank)), kMaxMetadataBytes));
    FIT_CHECK(read_pair(std::string(pair.substr(0, blank)), value, sent));
  }
  return sent;
}

void describe(const Upload& upload, Response& response) {
  response.headers.emplace_back("Upload-Offset", std::to_string(upload.offset_bytes));
  response.headers.emplace_back(
      "Upload-Expires",
      http_date(std::chrono::system_clock::to_time_t(
          std::chrono::time_point_cast<std::chrono::system_clock::duration>(upload.expires_at))));
  if (!upload.asset) return;
  response.headers.emplace_back("Asset-Id", upload.asset->id.str());
  response.headers.emplace_back("Job-Id", std::to_string(upload.asset->job));
}

// Accepts the file of a complete upload. An upload whose server was killed before that is accepted when its
// client comes back.
Result<void> accept_if_complete(Upload& upload, ingest::AssetService& assets) {
  if (!upload.is_complete() || upload.asset) return {};
  FIT_TRY(upload.asset, assets.uploads().complete(
                            upload.owner, upload.id,
                            [&assets](const Upload& complete, ByteView file) -> Result<ingest::AddedAsset> {
                              const ingest::SentFile sent{.field = "body",
                                                          .name = complete.name,
                                                          .content = file,
                                                          .metadata = complete.metadata,
                                                          .owner = complete.owner};
                              return assets.intake().accept(std::span(&sent, 1)).at(0);
                            }));
  return {};
}

std::string upload_id(const Request& request) {
  return std::string(request.path_parameters.get("id"));
}

Result<Response> create(const Request& request, const TenantSnapshot& tenant) {
  if (!request.headers.get("upload-defer-length").empty()) {
    return invalid("Upload-Defer-Length", "is not supported; send Upload-Length");
  }
  FIT_TRY(const std::uint64_t length, number_header(request, "upload-length", "Upload-Length"));
  const std::string_view header = request.headers.get("upload-metadata");
  FIT_TRY(SentMetadata sent, read_metadata(header));
  constexpr accounts::Scopes kNeeded{accounts::Scope::kItemsWrite};
  if (sent.metadata.make_item && !request.principal.scopes.contains_all(kNeeded)) {
    return missing_scopes(kNeeded, request);
  }
  FIT_TRY(const Upload upload, tenant.assets->uploads().create({.owner = request.principal.id,
                                                                .length_bytes = length,
                                                                .name = std::move(sent.name),
                                                                .metadata = std::move(sent.metadata),
                                                                .sent_metadata = std::string(header)}));
  Response response{.status = 201, .content_type = {}, .body = {}, .headers = {}};
  response.headers.emplace_back("Location", "/api/v1/uploads/" + upload.id);
  describe(upload, response);
  return response;
}

Result<Response> show_upload(const Request& request, const TenantSnapshot& tenant) {
  FIT_TRY(Upload upload, tenant.assets->uploads().get(request.principal.id, upload_id(request)));
  FIT_CHECK(accept_if_complete(upload, *tenant.assets));
  Json body{{"id", upload.id},
            {"offset", upload.offset_bytes},
            {"length", upload.length_bytes},
            {"name", upload.name},
            {"asset_id", upload.asset ? Json(upload.asset->id.str()) : Json()},
            {"expires_at", to_rfc3339(upload.expires_at)}};
  Response response = json_response(body);
  response.headers.emplace_back("Cache-Control", "no-store");
  response.headers.emplace_back("Upload-Length", std::to_string(upload.length_bytes));
  if (!upload.sent_metadata.empty()) response.headers.emplace_back("Upload-Metadata", upload.sent_metadata);
  describe(upload, response);
  return response;
}

// Whether the body has the digest of the header "sha1 Kq5sNclPz7QV2+lfQIuc6R7oRu0=".
Result<bool> has_checksum(std::string_view header, std::string_view body) {
  const std::size_t blank = std::min(header.find(' '), header.size());
  const std::string_view algorithm = header.substr(0, blank);
  if (algorithm != "sha1" && algorithm != "sha256") {
    return malformed("Upload-Checksum", "must name sha1 or sha256");
  }
  FIT_TRY(const Bytes wanted, decode_base64("Upload-Checksum", trim(header.substr(blank)), 64));
  std::string hex;
  for (const std::byte byte : wanted) hex += fit::format("{:02x}", std::to_integer<unsigned>(byte));
  return hex == (algorithm == "sha1" ? sha1_hex(as_bytes(body)) : sha256_hex(as_bytes(body)));
}

Result<Response> append(const Request& request, const TenantSnapshot& tenant) {
  if (media_type(request.headers.get("content-type")) != "application/offset+octet-stream") {
    return Error{ErrorCode::kUnsupportedMedia, "must be application/offset+octet-stream", "Content-Type", {}};
  }
  FIT_TRY(const std::uint64_t offset, number_header(request, "upload-offset", "Upload-Offset"));
  if (const std::string_view checksum = request.headers.get("upload-checksum"); !checksum.empty()) {
    if (request.is_partial) return no_content();  // it cannot be checked
    FIT_TRY(const bool is_right, has_checksum(checksum, request.body));
    if (!is_right) {
      return problem(kChecksumMismatch, "checksum_mismatch", "the body has another checksum", request);
    }
  }
  FIT_TRY(Upload upload, tenant.assets->uploads().append(request.principal.id, upload_id(request), offset,
                                                         as_bytes(request.body)));
  FIT_CHECK(accept_if_complete(upload, *tenant.assets));
  Response response = no_content();
  describe(upload, response);
  return response;
}

Result<Response> terminate(const Request& request, const TenantSnapshot& tenant) {
  FIT_CHECK(tenant.assets->uploads().remove(request.principal.id, upload_id(request)));
  return no_content();
}

// Adds to a handler what all requests of the protocol have: the version, and the status of a busy upload.
TenantHandler of_protocol(TenantHandler handler) {
  return [handler = std::move(handler)](const Request& request,
                                        const TenantSnapshot& tenant) -> Result<Response> {
    if (request.headers.get("tus-resumable") != kVersion) {
      Response refusal = problem(412, "precondition_failed", "Tus-Resumable: must be 1.0.0", request);
      refusal.headers.emplace_back("Tus-Version", kVersion);
      return with_version(std::move(refusal));
    }
    auto handled = handler(request, tenant);
    if (handled) return with_version(*std::move(handled));
    const Error& error = handled.error();
    if (error.code == ErrorCode::kConflict && error.field == "upload") {
      return with_version(problem(kLocked, "locked", "another request is writing to the upload", request));
    }
    if (status_of(error.code) >= 500) return error;  // which is logged
    return with_version(problem(error, request));
  };
}

Result<Response> show_protocol(const IngestRouteDeps& deps) {
  Response response = with_version(no_content());
  response.headers.emplace_back("Allow", "POST, OPTIONS");
  response.headers.emplace_back("Tus-Version", kVersion);
  response.headers.emplace_back("Tus-Extension", kExtensions);
  response.headers.emplace_back("Tus-Checksum-Algorithm", kAlgorithms);
  response.headers.emplace_back("Tus-Max-Size", std::to_string(deps.max_body_bytes));
  return response;
}

}  // namespace

void add_upload_routes(Router& router, IngestRouteDeps deps) {
  const auto add = [&router](Method method, const char* pattern, std::size_t max_body,
                             TenantHandler handler) {
    router.add({.method = method,
                .pattern = pattern,
                .required_scope = accounts::Scope::kIngest,
                .run_on = RunOn::kIngest,
                .route_class = method == Method::kPost ? RouteClass::kIngest : RouteClass::kNone,
                .max_body_bytes = max_body,
                .takes_partial_body = method == Method::kPatch,
                .audited = Audited::kNever},
               of_protocol(std::move(handler)));
  };
  add(Method::kPost, "/api/v1/uploads", 0, create);
  add(Method::kGet, "/api/v1/uploads/{id}", 0, show_upload);
  add(Method::kPatch, "/api/v1/uploads/{id}", deps.max_body_bytes, append);
  add(Method::kDelete, "/api/v1/uploads/{id}", 0, terminate);
  router.add({.method = Method::kOptions,
              .pattern = "/api/v1/uploads",
              .required_scope = kPublic,
              .run_on = RunOn::kLoop,
              .route_class = RouteClass::kNone,
              .handler = [deps](const Request&) { return show_protocol(deps); }});
}

}  // namespace fit::http
