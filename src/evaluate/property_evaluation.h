#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"
#include "ontology/extractor.h"

namespace fit::evaluate {

// The correctness of one property extracted from titles, compared with a column of a table.
struct PropertyScore {
  std::string property;
  std::string column;
  std::int64_t labelled = 0;  // rows whose cell is a term of the ontology
  std::int64_t found = 0;     // labelled rows whose title gives a value
  // Found rows whose value is the cell's or a narrower one ("polo shirt" for "t-shirt").
  std::int64_t correct = 0;

  // 0 to 1, 1 is best; 0 where nothing was found or labelled.
  double precision() const {
    return found == 0 ? 0 : static_cast<double>(correct) / static_cast<double>(found);
  }
  double recall() const {
    return labelled == 0 ? 0 : static_cast<double>(correct) / static_cast<double>(labelled);
  }
};

// A wrong or missing value with the number of its occurrences.
struct PropertyMistake {
  std::string property;
  std::string expected;
  std::string found;  // empty: no value was found
  std::int64_t times = 0;
  std::string title;  // the title of the first occurrence
};

// The result of evaluate_properties().
struct PropertyEvaluation {
  std::int64_t rows = 0;
  std::vector<PropertyScore> scores;
  std::vector<PropertyMistake> mistakes;  // the most frequent first
  double microseconds_per_row = 0;        // time of one extraction
};

// Extracts properties from the titles of a CSV file and compares them with its other columns. The title is in
// the column "title" or "productDisplayName". A column with the name of a property has that property's
// values; the columns of the public product table are recognised too: articleType (subcategory and, through
// it, category), baseColour (primary_color), gender, season and usage (occasion). Cells that are no term of
// the ontology are ignored. kInvalid when the file has no title or no column to compare with; otherwise the
// errors of CsvReader. Blocks.
Result<PropertyEvaluation> evaluate_properties(const ontology::Extractor& extractor,
                                               const std::filesystem::path& csv);

}  // namespace fit::evaluate
