#pragma once

#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/result.h"

namespace fit::blobs {

// An object as a list shows it.
struct S3Object {
  std::string key;
  std::int64_t size_bytes = 0;
  Timestamp modified_at;  // by the server's clock; many servers cut it to whole seconds
};

// A page of a list, in ascending order of the keys.
struct S3Page {
  std::vector<S3Object> objects;
  bool is_last = true;
};

// A multipart upload that was begun and not ended.
struct S3Upload {
  std::string key;
  std::string id;
  Timestamp begun_at;
};

// Read the documents that an S3 server sends. kBadGateway for anything else; the text is not trusted: no
// entity of its own, no file and no address is read. Thread-safe.
Result<S3Page> parse_s3_page(ByteView xml);
Result<std::vector<S3Upload>> parse_s3_uploads(ByteView xml);
Result<std::string> parse_s3_upload_id(ByteView xml);

// The code of an error document, such as "NoSuchKey"; empty for other texts.
std::string s3_error_code(ByteView xml);

}  // namespace fit::blobs
