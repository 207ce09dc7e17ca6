#pragma once

#include <chrono>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/trace.h"

namespace fit {

// An observed value with the trace in which it was observed.
struct Exemplar {
  double value = 0;
  std::string trace_id;  // 32 hex digits
  std::chrono::system_clock::time_point at;
};

// The latest exemplar of each bucket of a histogram. Thread-safe.
class Exemplars {
 public:
  // `bounds` are the finite ends of the buckets, ascending; one more bucket has no end.
  explicit Exemplars(std::vector<double> bounds) : bounds_(std::move(bounds)), latest_(bounds_.size() + 1) {}

  void note(double value, const TraceContext& trace);
  // By bucket; nullopt for a bucket without one.
  std::vector<std::optional<Exemplar>> get() const;

 private:
  const std::vector<double> bounds_;
  mutable std::mutex mutex_;
  std::vector<std::optional<Exemplar>> latest_;
};

}  // namespace fit
