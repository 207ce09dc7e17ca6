#include "blobs/storage_error.h"

#include "base/format.h"

namespace fit::blobs {

Error storage_error(const Error& error, std::string_view what) {
  const std::string detail = error.message + (error.detail.empty() ? "" : ": " + error.detail);
  if (error.code == ErrorCode::kStorageFull) {
    return {error.code,
            fit::format("the {} could not be stored: the disk or the bucket is full, or read-only", what),
            {},
            detail};
  }
  if (error.code == ErrorCode::kUnavailable) {
    return {
        error.code, fit::format("the {} could not be stored: the file storage is away", what), {}, detail};
  }
  return {ErrorCode::kInternal, fit::format("the {} could not be stored", what), {}, detail};
}

Error invalid_blob_name() {
  return invalid("name", "must be a SHA-256 with an extension");
}

}  // namespace fit::blobs
