#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/byte_budget.h"
#include "catalog/item_writer.h"
#include "ingest/import/row_source.h"

namespace fit::ingest {

// A row in the stages of an import. One stage at a time owns it. Several threads may use `pending` and fail()
// concurrently, and each image's record and error are used by the thread that works on the image.
struct RowWork {
  std::int64_t number = 0;  // 1-based, in the order of the input
  std::int64_t line = 0;
  std::uint64_t end_offset = 0;
  std::string text;
  catalog::ItemInput input;
  domain::ItemKey key;
  std::string title;
  std::string hash;
  catalog::ItemWriter::KnownImages known;
  ByteBudget::Lease lease;  // holds the bytes that the row carries
  // One for each image of the input, or the stored images that the item keeps.
  std::vector<domain::ImageWrite> images;
  // One for each image of the input. An image with an error is left out.
  std::vector<std::optional<Error>> image_errors;
  catalog::PhotoPredictions predictions;  // from the first image; empty until it has vectors
  domain::PropertyOrigins origins;        // set when the properties are filled

  std::atomic<int> pending{1};  // images that have no vector yet, and one while the row is being loaded
  std::mutex mutex;
  std::optional<Error> error;  // the first error

  void fail(Error first) {
    const std::lock_guard lock(mutex);
    if (!error) error = std::move(first);
  }
  bool failed() {
    const std::lock_guard lock(mutex);
    return error.has_value();
  }
};

// The value of a field that an error names, such as "images[1]" or "external_id"; empty for other fields.
inline std::string rejected_value(const catalog::ItemInput& input, const std::string& field) {
  if (field == "external_id") return input.listing.external_id;
  if (field == "title") return input.listing.title;
  for (std::size_t i = 0; i < input.images.size(); ++i) {
    if (field == "images[" + std::to_string(i) + "]") return input.images[i].location;
  }
  return {};
}

// The rejection of a row for an error.
inline Reject rejection(const RowWork& row, const Error& error) {
  return {.line = row.line,
          .field = error.field,
          .reason = error.message,
          .external_id = row.key.external_id,
          .title = row.title,
          .value = rejected_value(row.input, error.field)};
}

using RowPtr = std::shared_ptr<RowWork>;

// Ends an import early, on a requested stop or after an error. Thread-safe.
class ImportEnd {
 public:
  explicit ImportEnd(std::stop_token stop) : stop_(std::move(stop)) {}

  const std::stop_token& stop_token() const { return stop_; }

  // Whether stages must drop rows instead of processing them.
  bool is_ending() const { return stop_.stop_requested() || broken_.load(); }

  void fail(Error error) {
    const std::lock_guard lock(mutex_);
    if (!error_) error_ = std::move(error);
    broken_ = true;
  }
  std::optional<Error> error() const {
    const std::lock_guard lock(mutex_);
    return error_;
  }

  void note_dropped() { dropped_ = true; }
  bool dropped() const { return dropped_.load(); }

 private:
  const std::stop_token stop_;
  std::atomic<bool> broken_{false};
  std::atomic<bool> dropped_{false};
  mutable std::mutex mutex_;
  std::optional<Error> error_;
};

}  // namespace fit::ingest
