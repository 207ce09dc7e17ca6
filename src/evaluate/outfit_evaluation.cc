#include "evaluate/outfit_evaluation.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/csv_reader.h"
#include "base/format.h"

namespace fit::evaluate {
namespace {

constexpr std::string_view kQuestionsFile = "blanks-validation.csv";
constexpr std::string_view kOutfitsFile = "train.csv";
constexpr std::array<std::string_view, 6> kBlankColumns = {"outfit", "a", "b", "c", "d", "right"};

// An outfit with one piece left out, and the choices for it.
struct Blank {
  std::vector<std::string> rest;
  std::array<std::string, 4> choices;
  std::size_t right = 0;
};

Error bad_row(std::string_view file, std::int64_t line, std::string_view problem) {
  return invalid(std::string(file), fit::format("line {}: {}", line, problem));
}

std::vector<std::string> split_pieces(std::string_view outfit) {
  std::vector<std::string> pieces;
  while (!outfit.empty()) {
    const std::size_t end = std::min(outfit.find('|'), outfit.size());
    if (end > 0) pieces.emplace_back(outfit.substr(0, end));
    outfit.remove_prefix(std::min(end + 1, outfit.size()));
  }
  return pieces;
}

// The places of kBlankColumns in the header.
Result<std::array<std::size_t, 6>> column_places(const CsvRow& header) {
  std::array<std::size_t, 6> places{};
  for (std::size_t i = 0; i < kBlankColumns.size(); ++i) {
    const auto found = std::ranges::find(header.fields, kBlankColumns[i]);
    if (found == header.fields.end())
      return invalid(std::string(kQuestionsFile), fit::format("has no column \"{}\"", kBlankColumns[i]));
    places[i] = static_cast<std::size_t>(found - header.fields.begin());
  }
  return places;
}

Result<Blank> read_blank(const CsvRow& row, const std::array<std::size_t, 6>& places) {
  Blank blank;
  blank.rest = split_pieces(row.fields[places[0]]);
  if (blank.rest.empty()) return bad_row(kQuestionsFile, row.line, "the outfit has no pieces");
  for (std::size_t i = 0; i < blank.choices.size(); ++i) {
    blank.choices[i] = row.fields[places[i + 1]];
    if (blank.choices[i].empty())
      return bad_row(kQuestionsFile, row.line, fit::format("the choice {} is empty", kBlankColumns[i + 1]));
  }
  const std::string& right = row.fields[places[5]];
  if (right.size() != 1 || right[0] < '0' || right[0] > '3')
    return bad_row(kQuestionsFile, row.line, "right must be 0, 1, 2 or 3");
  blank.right = static_cast<std::size_t>(right[0] - '0');
  return blank;
}

Result<std::vector<Blank>> read_blanks(const std::filesystem::path& path) {
  FIT_TRY(CsvReader reader, CsvReader::open(path));
  FIT_TRY(const std::optional<CsvRow> header, reader.next());
  if (!header) return invalid(std::string(kQuestionsFile), "is empty");
  if (!header->problem.empty()) return bad_row(kQuestionsFile, header->line, header->problem);
  FIT_TRY(const auto places, column_places(*header));
  std::vector<Blank> blanks;
  for (;;) {
    FIT_TRY(const std::optional<CsvRow> row, reader.next());
    if (!row) break;
    if (!row->problem.empty()) return bad_row(kQuestionsFile, row->line, row->problem);
    FIT_TRY(Blank blank, read_blank(*row, places));
    blanks.push_back(std::move(blank));
  }
  if (blanks.empty()) return invalid(std::string(kQuestionsFile), "has no questions");
  return blanks;
}

// How often categories and pairs of them stand in outfits.
class PairCounts {
 public:
  void add(std::vector<std::string> outfit) {
    const std::set<std::string> distinct(std::make_move_iterator(outfit.begin()),
                                         std::make_move_iterator(outfit.end()));
    ++outfits_;
    for (const std::string& first : distinct) {
      ++counts_[first];
      for (const std::string& second : distinct) {
        if (first < second) ++pairs_[{first, second}];
      }
    }
  }

  double score(const std::string& candidate, std::span<const std::string> rest) const {
    double sum = 0;
    for (const std::string& piece : rest) {
      const double counted = count(candidate) * count(piece);
      const auto pair = pairs_.find(std::minmax(candidate, piece));
      const double together = pair == pairs_.end() ? 0 : static_cast<double>(pair->second);
      if (counted > 0) sum += std::log((together + 0.5) * static_cast<double>(outfits_) / counted);
    }
    return sum;
  }

 private:
  double count(const std::string& category) const {
    const auto found = counts_.find(category);
    return found == counts_.end() ? 0 : static_cast<double>(found->second);
  }

  std::int64_t outfits_ = 0;
  std::map<std::string, std::int64_t> counts_;
  std::map<std::pair<std::string, std::string>, std::int64_t> pairs_;
};

Result<PairCounts> count_pairs(const std::filesystem::path& path) {
  // Outfits have different numbers of pieces, which a strict reader rejects.
  FIT_TRY(CsvReader reader, CsvReader::open(path, {.is_lenient = true}));
  PairCounts counts;
  for (;;) {
    FIT_TRY(std::optional<CsvRow> row, reader.next());
    if (!row) return counts;
    if (!row->problem.empty()) return bad_row(kOutfitsFile, row->line, row->problem);
    counts.add(std::move(row->fields));
  }
}

// The position of the highest score, of equal ones the first.
template <class Score>
std::size_t answer(const Blank& blank, const Score& score) {
  std::array<double, 4> scores{};
  std::ranges::transform(blank.choices, scores.begin(), score);
  return static_cast<std::size_t>(std::ranges::max_element(scores) - scores.begin());
}

void ask(const style::Compatibility& compatibility, const Blank& blank, OutfitEvaluation& evaluation) {
  std::vector<std::size_t> rest;
  bool is_known = true;
  for (const std::string& piece : blank.rest) {
    const auto index = compatibility.find(piece);
    if (index) rest.push_back(*index);
    is_known = is_known && index.has_value();
  }
  const std::vector<double> scores = compatibility.scores(rest);
  const std::size_t chosen = answer(blank, [&](const std::string& choice) {
    const auto index = compatibility.find(choice);
    is_known = is_known && index.has_value();
    return index ? scores[*index] : 0.0;
  });
  ++evaluation.questions;
  if (chosen == blank.right) ++evaluation.correct;
  if (!is_known) ++evaluation.with_unknown_category;
}

Json share_json(std::int64_t count, std::int64_t total) {
  const Share share = share_of(count, total);
  return {{"correct", count}, {"accuracy", share.value}, {"lower", share.lower}, {"upper", share.upper}};
}

}  // namespace

Share share_of(std::int64_t count, std::int64_t total) {
  constexpr double kDeviations = 1.959964;  // of the normal distribution, for 95 %
  const auto n = static_cast<double>(total);
  const double value = static_cast<double>(count) / n;
  const double squared = kDeviations * kDeviations;
  const double centre = (value + squared / (2 * n)) / (1 + squared / n);
  const double half =
      kDeviations / (1 + squared / n) * std::sqrt(value * (1 - value) / n + squared / (4 * n * n));
  return {.value = value, .lower = centre - half, .upper = centre + half};
}

Result<OutfitEvaluation> evaluate_outfits(const style::Compatibility& compatibility,
                                          const std::filesystem::path& folder, const std::stop_token& stop) {
  FIT_TRY(const std::vector<Blank> blanks, read_blanks(folder / kQuestionsFile));
  OutfitEvaluation evaluation;
  for (const Blank& blank : blanks) {
    if (stop.stop_requested()) return cancelled();
    ask(compatibility, blank, evaluation);
  }
  const std::filesystem::path outfits = folder / kOutfitsFile;
  std::error_code ignored;
  if (!std::filesystem::exists(outfits, ignored)) return evaluation;
  FIT_TRY(const PairCounts counts, count_pairs(outfits));
  evaluation.correct_by_pairs = std::ranges::count_if(blanks, [&](const Blank& blank) {
    return answer(blank, [&](const std::string& choice) { return counts.score(choice, blank.rest); }) ==
           blank.right;
  });
  return evaluation;
}

Json to_json(const OutfitEvaluation& evaluation) {
  Json json = {{"questions", evaluation.questions},
               {"with_unknown_category", evaluation.with_unknown_category},
               {"compatibility", share_json(evaluation.correct, evaluation.questions)},
               {"chance", kOutfitChance},
               {"pairs", nullptr}};
  if (evaluation.correct_by_pairs)
    json["pairs"] = share_json(*evaluation.correct_by_pairs, evaluation.questions);
  return json;
}

}  // namespace fit::evaluate
