#include "evaluate/property_evaluation.h"

#include <algorithm>
#include <chrono>
#include <format>
#include <functional>
#include <map>
#include <optional>
#include <tuple>

#include "base/csv_reader.h"
#include "base/stopwatch.h"

namespace fit::evaluate {
namespace {

using ontology::Extraction;
using ontology::Ontology;

constexpr std::size_t kMaxMistakes = 200;

// A property and the column with its true values.
struct Comparison {
  std::size_t property = 0;
  std::size_t column = 0;
  bool by_subcategory = false;  // the cell is a subcategory, whose category is the true value
};

std::size_t property(std::string_view name) {
  return *domain::property_index(name);
}

std::vector<Comparison> comparisons_of(const std::vector<std::string>& header) {
  std::vector<Comparison> found;
  for (std::size_t i = 0; i < header.size(); ++i) {
    if (header[i] == "articleType") {
      found.push_back({property("category"), i, true});
      found.push_back({property("subcategory"), i});
    } else if (header[i] == "baseColour") {
      found.push_back({property("primary_color"), i});
    } else if (header[i] == "usage") {
      found.push_back({property("occasion"), i});
    } else if (const auto named = domain::property_index(header[i])) {
      found.push_back({*named, i});
    }
  }
  return found;
}

std::optional<std::string_view> truth_of(const Ontology& ontology, const Comparison& one,
                                         const std::string& cell) {
  if (!one.by_subcategory) return ontology.canonical(one.property, cell);
  const auto garment = ontology.canonical(property("subcategory"), cell);
  return garment ? ontology.category_of(*garment) : std::nullopt;
}

class Evaluation {
 public:
  Evaluation(const Ontology& ontology, const std::vector<std::string>& header)
      : ontology_(ontology), comparisons_(comparisons_of(header)) {
    for (const Comparison& one : comparisons_)
      result_.scores.push_back(
          {.property = std::string(domain::kProperties[one.property]), .column = header[one.column]});
  }

  bool is_empty() const { return comparisons_.empty(); }

  void add(const std::vector<std::string>& row, const std::string& title, const Extraction& read) {
    ++result_.rows;
    for (std::size_t i = 0; i < comparisons_.size(); ++i) {
      const Comparison& one = comparisons_[i];
      const auto truth = truth_of(ontology_, one, row[one.column]);
      if (!truth) continue;
      PropertyScore& score = result_.scores[i];
      const auto& found = read.found[one.property];
      ++score.labelled;
      if (found) ++score.found;
      if (found && ontology_.is_a(one.property, found->value, *truth)) {
        ++score.correct;
        continue;
      }
      const auto mistake = std::tuple(score.property, std::string(*truth), found ? found->value : "");
      auto& [times, first] = mistakes_[mistake];
      if (++times == 1) first = title;
    }
  }

  PropertyEvaluation finish(double microseconds) {
    result_.microseconds_per_row = result_.rows == 0 ? 0 : microseconds / static_cast<double>(result_.rows);
    for (const auto& [mistake, seen] : mistakes_) {
      const auto& [name, expected, found] = mistake;
      result_.mistakes.push_back({name, expected, found, seen.first, seen.second});
    }
    std::ranges::stable_sort(result_.mistakes, std::greater(), &PropertyMistake::times);
    if (result_.mistakes.size() > kMaxMistakes) result_.mistakes.resize(kMaxMistakes);
    return std::move(result_);
  }

 private:
  const Ontology& ontology_;
  const std::vector<Comparison> comparisons_;
  PropertyEvaluation result_;
  std::map<std::tuple<std::string, std::string, std::string>, std::pair<std::int64_t, std::string>> mistakes_;
};

}  // namespace

Result<PropertyEvaluation> evaluate_properties(const ontology::Extractor& extractor,
                                               const std::filesystem::path& csv) {
  FIT_TRY(CsvReader reader, CsvReader::open(csv));
  FIT_TRY(const std::optional<CsvRow> header, reader.next());
  if (!header || !header->problem.empty()) return invalid(csv.string(), "has no row of column names");
  auto title = std::ranges::find(header->fields, "title");
  if (title == header->fields.end()) title = std::ranges::find(header->fields, "productDisplayName");
  if (title == header->fields.end())
    return invalid(csv.string(), "has no column title or productDisplayName");
  const auto title_column = static_cast<std::size_t>(title - header->fields.begin());
  Evaluation evaluation(extractor.ontology(), header->fields);
  if (evaluation.is_empty()) return invalid(csv.string(), "has no column of a property to compare with");

  std::chrono::duration<double, std::micro> took{};
  for (;;) {
    FIT_TRY(const std::optional<CsvRow> row, reader.next());
    if (!row) break;
    if (!row->problem.empty()) continue;
    const std::string& text = row->fields[title_column];
    const Stopwatch watch;
    const Extraction read = extractor.extract({.title = text, .description = {}, .tags = {}, .brand = {}});
    took += watch.elapsed();
    evaluation.add(row->fields, text, read);
  }
  return evaluation.finish(took.count());
}

}  // namespace fit::evaluate
