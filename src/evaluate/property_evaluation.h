#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"
#include "ontology/extractor.h"

namespace fit::evaluate {

// How well one property is read from titles, against a column of a table.
struct PropertyScore {
  std::string property;
  std::string column;
  std::int64_t labelled = 0;  // rows whose cell the ontology knows
  std::int64_t found = 0;     // of these, rows for whose title a value was read
  std::int64_t correct =
      0;  // of these, rows where it is the cell's, or a kind of it ("polo shirt" of "t-shirt")

  // 0 to 1, 1 is best; 0 where nothing was found or labelled.
  double precision() const {
    return found == 0 ? 0 : static_cast<double>(correct) / static_cast<double>(found);
  }
  double recall() const {
    return labelled == 0 ? 0 : static_cast<double>(correct) / static_cast<double>(labelled);
  }
};

// A wrong answer that was often given.
struct PropertyMistake {
  std::string property;
  std::string expected;
  std::string found;  // empty: nothing
  std::int64_t times = 0;
  std::string title;  // the first such
};

struct PropertyEvaluation {
  std::int64_t rows = 0;
  std::vector<PropertyScore> scores;
  std::vector<PropertyMistake> mistakes;  // the most frequent first
  double microseconds_per_row = 0;        // of reading a title
};

// Reads the titles of a CSV and compares with its other columns. The title is "title" or
// "productDisplayName"; a column named as a property is that property's, and those of the public product
// table are known: articleType (subcategory and, through it, category), baseColour (primary_color), gender,
// season, usage (occasion). Cells that the ontology does not know are passed over. kInvalid when the file has
// no title or nothing to compare with; other errors as the file's.
Result<PropertyEvaluation> evaluate_properties(const ontology::Extractor& extractor,
                                               const std::filesystem::path& csv);

}  // namespace fit::evaluate
