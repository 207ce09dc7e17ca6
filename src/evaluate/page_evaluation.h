#pragma once

#include <cstdint>
#include <filesystem>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/result.h"

namespace fit::evaluate {

// How well a field of annotated pages is read. As the published product extraction benchmark counts: a value
// that is one of the annotated ones is a true positive; another value is a false positive, and a false
// negative as well if the page has an annotation; a missing value is a false negative if the page has one.
struct FieldScore {
  std::string field;
  std::int64_t true_positives = 0;
  std::int64_t false_positives = 0;
  std::int64_t false_negatives = 0;
  std::int64_t annotated_pages = 0;

  double precision() const;
  double recall() const;
  double f1() const;  // 1 is best
};

// A value that was read wrong.
struct PageError {
  std::string page;
  std::string url;
  std::string field;
  std::vector<std::string> expected;  // empty: the page has none
  std::string read;                   // empty: nothing was read
  std::string origin;                 // which part of the page it was read from
};

struct PageEvaluation {
  std::int64_t pages = 0;
  std::vector<FieldScore> scores;  // price, sku, availability
  std::vector<PageError> errors;
};

// Reads the pages of a folder and compares their price, SKU and availability with the annotations. The folder
// has ground-truth.json, an object of pages by name, each with "url" and lists of accepted values ("price",
// "sku", "availability"), and html/NAME.html or html/NAME.html.gz. Prices are compared as numbers, the others
// as texts; a page that does not say otherwise is InStock. The errors of opening a file; kMalformed and
// kInvalid for annotations of another form; kCancelled.
Result<PageEvaluation> evaluate_pages(const std::filesystem::path& folder, const std::stop_token& stop);

Json to_json(const PageEvaluation& evaluation);

}  // namespace fit::evaluate
