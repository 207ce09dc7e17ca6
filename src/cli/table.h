#pragma once

#include <string>
#include <vector>

namespace fit::cli {

// Rows of text in aligned columns for a terminal. Long cells are cut at 48 characters with "…", except in
// the last column. Control characters become blanks. Widths count Unicode code points.
class Table {
 public:
  explicit Table(std::vector<std::string> header);
  void add(std::vector<std::string> cells);
  std::string str() const;

 private:
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace fit::cli
