#pragma once

#include <memory>
#include <string>

#include "blobs/blob_store.h"
#include "blobs/s3_bucket.h"

namespace fit::blobs {

// Holds the store whose holds are the objects under `prefix`, as S3Blobs describes. The hold is renewed by a
// thread of its own until it ends. kConflict when a conflicting hold is there, and the errors of S3Bucket.
Result<std::unique_ptr<BlobHold>> take_s3_hold(std::shared_ptr<S3Bucket> bucket, const std::string& prefix,
                                               HoldFor purpose);

}  // namespace fit::blobs
