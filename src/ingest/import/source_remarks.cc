#include "ingest/import/source_remarks.h"

#include "base/format.h"
#include "base/text.h"

namespace fit::ingest {

void SourceRemarks::set_encoding(const text::Encoding& encoding) {
  if (encoding.stray_bytes > 0) {
    add(fit::format("{} bytes are not UTF-8; they were read as windows-1252",
                    with_thousands(encoding.stray_bytes)));
  } else if (encoding.name != "UTF-8") {
    add("encoding " + encoding.name + (encoding.is_guess ? " (a guess)" : ""));
  }
}

void SourceRemarks::set_separator(char separator) {
  if (separator == ';') add("columns are separated by semicolons");
  if (separator == '|') add("columns are separated by vertical bars");
}

void SourceRemarks::leave_out(const std::string& name) {
  const auto known = left_out_.find(name);
  if (known != left_out_.end()) {
    ++known->second;
  } else if (left_out_.size() < kMaxNames) {
    left_out_.emplace(utf8_prefix(name, 100), 1);
  } else {
    has_more_names_ = true;
  }
}

std::vector<std::string> SourceRemarks::list() const {
  std::vector<std::string> remarks = others_;
  if (!left_out_.empty()) {
    std::string names;
    for (const auto& [name, count] : left_out_) names += (names.empty() ? "" : ", ") + name;
    remarks.push_back("left out, because they have no meaning here: " + names +
                      (has_more_names_ ? ", and others" : ""));
  }
  if (unnamed_columns_ > 0)
    remarks.push_back(fit::format("{} columns without a name were left out", unnamed_columns_));
  if (blank_rows_ > 0)
    remarks.push_back(fit::format("{} rows of nothing were left out", with_thousands(blank_rows_)));
  return remarks;
}

}  // namespace fit::ingest
