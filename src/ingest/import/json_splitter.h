#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "base/result.h"
#include "base/text_input.h"

namespace fit::ingest {

// Finds the objects of a JSON document without holding it in memory: the elements of the list at the top, or
// of the first list of objects under a name such as "items", "products", "listings", "results", "data" or
// "rows" (kListNames in json_splitter.cc), at the top or inside objects under these names, at most kMaxDepth
// deep. A document without such a list is one object. Not thread-safe.
class JsonSplitter {
 public:
  static constexpr int kMaxDepth = 5;

  JsonSplitter(std::unique_ptr<TextInput> input, std::size_t max_object_bytes)
      : input_(std::move(input)), max_object_bytes_(max_object_bytes) {}

  // An object, or the reason for which it cannot be read.
  struct Object {
    std::int64_t line = 0;  // the line where it begins
    std::uint64_t end_offset = 0;
    std::string text;
    std::string problem;  // why it cannot be read; `text` is then its beginning
  };
  // The next object; nullopt at the end. kMalformed when the document is not JSON between the objects; the
  // errors of reading the input.
  Result<std::optional<Object>> next();

  std::uint64_t size_bytes() const { return input_->size_bytes(); }

 private:
  enum class State { kStart, kList, kSingle, kDone };

  Result<void> find_list();
  Result<bool> skip_blanks();
  Result<bool> has(std::size_t bytes);
  Result<std::string> take_name();
  Result<void> skip_value();
  Result<Object> take_value();
  char first() const { return input_->window().front(); }
  void consume(std::size_t bytes);

  std::unique_ptr<TextInput> input_;
  const std::size_t max_object_bytes_;
  State state_ = State::kStart;
  std::int64_t line_ = 1;
  Object single_;
};

}  // namespace fit::ingest
