#pragma once

#include "base/result.h"

struct OrtApi;

namespace fit::embed {

// ONNX Runtime's functions, from libonnxruntime loaded into the process on the first call and kept: a program
// that uses no ONNX model neither loads it nor pays for it. Also readies its C++ wrapper (Ort::), for files
// that include it with ORT_API_MANUAL_INIT. kUnavailable when the library is not installed.
//
// Debian's libonnxruntime shares libonnx, where some thousand operators are registered a second time with a
// "Schema error" line each on standard error. They are harmless, so this function makes them happen (an empty
// session) while the standard error of the whole process goes, for about a tenth of a second, through a
// filter that drops those lines and passes on all others. Thread-safe; blocks.
Result<const OrtApi*> load_onnxruntime();

}  // namespace fit::embed
