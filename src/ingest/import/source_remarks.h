#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "text/encoding.h"

namespace fit::ingest {

// Collects the remarks on an input. Not thread-safe.
class SourceRemarks {
 public:
  void set_encoding(const text::Encoding& encoding);
  void set_separator(char separator);
  // Records an unknown column or member that is left out. At most kMaxNames are named.
  void leave_out(const std::string& name);
  void count_unnamed_columns(std::int64_t columns) { unnamed_columns_ += columns; }
  void count_blank_row() { ++blank_rows_; }
  void add(std::string remark) { others_.push_back(std::move(remark)); }

  std::vector<std::string> list() const;

  static constexpr std::size_t kMaxNames = 50;

 private:
  std::vector<std::string> others_;
  std::map<std::string, std::int64_t> left_out_;  // how often each name was left out
  bool has_more_names_ = false;
  std::int64_t unnamed_columns_ = 0;
  std::int64_t blank_rows_ = 0;
};

}  // namespace fit::ingest
