#include "catalog/image_loader.h"

#include <algorithm>

#include "base/files.h"
#include "base/format.h"
#include "catalog/text_rules.h"

namespace fit::catalog {

namespace {

// A missing file in the catalogue's own storage is damage, not an error of the client.
Error lost_if_absent(Error error) {
  if (error.code != ErrorCode::kNotFound) return error;
  return {ErrorCode::kDamaged, "the stored image is lost", {}, std::move(error.detail)};
}

}  // namespace

ImageLoader::ImageLoader(net::HttpClient& http, const ImageFiles& files, const Options& options)
    : http_(http), files_(files), options_(options) {
  options_.fetch_limits.max_bytes = std::min(options_.fetch_limits.max_bytes, options_.max_bytes);
}

Result<void> ImageLoader::check(std::string_view field, const ImageSource& source) const {
  if (!source.bytes.empty() || is_http_url(source.location)) return {};
  if (source.location.empty()) return invalid(std::string(field), "is empty");
  if (options_.allow_local_paths) return {};
  return invalid(std::string(field), "must be an http or https URL");
}

Result<Bytes> ImageLoader::load(std::string_view field, ImageSource& source,
                                const FetchLimits& limits) const {
  FIT_CHECK(check(field, source));
  if (!source.bytes.empty()) return std::exchange(source.bytes, {});
  if (!is_http_url(source.location)) return read_local(field, source.location);
  FIT_TRY(FetchedImage fetched, fetch(field, source.location, {}, limits));
  return std::move(fetched.file);
}

Result<Bytes> ImageLoader::load_known(std::string_view field, const domain::ImageFields& image,
                                      const FetchLimits& limits) const {
  if (is_http_url(image.location)) {
    FIT_TRY(FetchedImage fetched, fetch(field, image.location, {}, limits));
    return std::move(fetched.file);
  }
  if (!is_stored(image.location)) return read_local(field, image.location);
  auto content = files_.original(image.location, options_.max_bytes);
  if (!content) return reworded(field, image.location, lost_if_absent(std::move(content).error()));
  return content;
}

Result<ImageFile> ImageLoader::open_known(std::string_view field, const domain::ImageFields& image) const {
  if (is_stored(image.location)) {
    auto file = files_.open_original(field, image.location, options_.max_bytes);
    if (!file) return reworded(field, image.location, lost_if_absent(std::move(file).error()));
    return file;
  }
  auto file = image_file(field, image.location, options_.max_bytes);
  if (!file && file.error().field != field) {  // the file's trouble, not the content's
    return reworded(field, image.location, std::move(file).error());
  }
  return file;
}

Result<FetchedImage> ImageLoader::fetch(std::string_view field, const std::string& url,
                                        const net::HttpValidators& known, const FetchLimits& limits) const {
  net::HttpLimits request = options_.fetch_limits;
  if (limits.fetcher != nullptr) {
    return limits.fetcher->fetch(field, url, known, request.max_bytes, limits.stop);
  }
  request.stop = limits.stop;
  if (limits.deadline) {
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(*limits.deadline - std::chrono::steady_clock::now());
    if (left.count() <= 0) {
      return Error{ErrorCode::kDeadlineExceeded, "could not be fetched in time", std::string(field), url};
    }
    request.total_timeout = std::min(request.total_timeout, left);
  }
  auto response = http_.get(field, net::HttpClient::Get{.url = url, .known = known}, request);
  if (response) {
    return FetchedImage{.is_unchanged = response->status == 304,
                        .file = std::move(response->body),
                        .validators = std::move(response->validators)};
  }
  Error error = std::move(response).error();
  error.field = field;
  return error;
}

Result<Bytes> ImageLoader::read_local(std::string_view field, const std::filesystem::path& path) const {
  auto content = read_file(path, options_.max_bytes);
  if (!content) return reworded(field, path.string(), std::move(content).error());
  return content;
}

Error ImageLoader::reworded(std::string_view field, const std::string& path, Error error) const {
  switch (error.code) {
    case ErrorCode::kNotFound:
      error.message = "the file is not there";
      break;
    case ErrorCode::kTooLarge:
      error.message = fit::format("the file is larger than {} bytes", options_.max_bytes);
      break;
    case ErrorCode::kInvalid:
      error.message = "is not a regular file";
      break;
    case ErrorCode::kDamaged:
      break;
    default:
      error.code = ErrorCode::kMalformed;  // concerns this image and not the storage
      error.message = "the file cannot be read";
  }
  error.detail = path + (error.detail.empty() ? "" : ": " + error.detail);
  error.field = std::string(field);
  return error;
}

}  // namespace fit::catalog
