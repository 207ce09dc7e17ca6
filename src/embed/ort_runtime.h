#pragma once

#include "base/result.h"

struct OrtApi;

namespace fit::embed {

// Loads libonnxruntime on the first call and returns its functions; the library stays loaded. A process that
// uses no ONNX model does not load it. The call also initialises the C++ wrapper (Ort::) for files that
// include it with ORT_API_MANUAL_INIT. kUnavailable when the library is not installed. Thread-safe; blocks.
//
// Debian's libonnxruntime shares libonnx, which registers about a thousand operators twice and prints a
// harmless "Schema error" line for each. The first call provokes these lines with an empty session, while it
// filters the standard error of the whole process for about 0.1 s: it drops those lines and forwards all
// others.
Result<const OrtApi*> load_onnxruntime();

}  // namespace fit::embed
