#pragma once

#include <string_view>

#include "base/error.h"

namespace fit::blobs {

// What a client is told when a store could not store `what` ("image", "file"): kStorageFull, kUnavailable, or
// kInternal for all others. It names no field. The message of the store, which may name paths, is the private
// detail.
Error storage_error(const Error& error, std::string_view what);

// kInvalid for a name that cannot be that of a stored file.
Error invalid_blob_name();

}  // namespace fit::blobs
