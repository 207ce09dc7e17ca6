#pragma once

#include <mutex>
#include <utility>
#include <vector>

#include "base/trace.h"

namespace fit {

// Keeps the spans of a test. take() is thread-safe; read `records` when no thread records spans any more.
struct KeptSpans final : SpanSink {
  void take(SpanRecord record) override {
    const std::lock_guard lock(mutex);
    records.push_back(std::move(record));
  }

  std::mutex mutex;
  std::vector<SpanRecord> records;
};

}  // namespace fit
