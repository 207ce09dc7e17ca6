#include "evaluate/evaluation.h"

#include <bit>
#include <optional>
#include <unordered_map>

#include "base/parallel.h"
#include "base/stopwatch.h"

namespace fit::evaluate {
namespace {

constexpr std::size_t kColumns = 16;  // gallery vectors in a block
constexpr std::size_t kTile = 8;      // queries that a thread handles at a time
constexpr std::int32_t kNoValue = -1;

// Vectors in transposed blocks of kColumns, which lets the compiler vectorise the loop in scores().
class Blocks {
 public:
  Blocks(const EvaluationVectors& vectors, const std::vector<std::size_t>& rows)
      : dimensions_(static_cast<std::size_t>(vectors.dimensions)),
        count_((rows.size() + kColumns - 1) / kColumns),
        values_(count_ * dimensions_ * kColumns) {
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const float* from = vectors.values.data() + rows[i] * dimensions_;
      float* to = values_.data() + (i / kColumns) * dimensions_ * kColumns + i % kColumns;
      for (std::size_t d = 0; d < dimensions_; ++d) to[d * kColumns] = from[d];
    }
  }

  std::size_t count() const { return count_; }

  // Dot products of two queries with one block.
  void scores(std::size_t block, const float* first, const float* second, float* first_out,
              float* second_out) const {
    const float* values = values_.data() + block * dimensions_ * kColumns;
    float a[kColumns] = {};
    float b[kColumns] = {};
    for (std::size_t d = 0; d < dimensions_; ++d, values += kColumns) {
      for (std::size_t c = 0; c < kColumns; ++c) {
        a[c] += first[d] * values[c];
        b[c] += second[d] * values[c];
      }
    }
    std::copy_n(a, kColumns, first_out);
    std::copy_n(b, kColumns, second_out);
  }

 private:
  std::size_t dimensions_;
  std::size_t count_;
  std::vector<float> values_;
};

// The values of one label, numbered.
struct LabelValues {
  std::vector<std::string> values;           // the values, in the order of their numbers
  std::vector<std::int32_t> of_row;          // a row's value number; kNoValue without a value or a vector
  std::vector<std::size_t> gallery_members;  // by value number: images of the gallery
};

LabelValues number_values(const EvaluationSet& set, std::size_t label,
                          const std::vector<std::size_t>& gallery, const EvaluationVectors& vectors) {
  LabelValues numbered;
  std::unordered_map<std::string, std::int32_t> numbers;
  for (std::size_t row = 0; row < set.rows.size(); ++row) {
    const std::string& value = set.rows[row].labels[label];
    numbered.of_row.push_back(kNoValue);
    if (value.empty() || vectors.present[row] == 0) continue;
    const auto [it, is_new] = numbers.try_emplace(value, static_cast<std::int32_t>(numbered.values.size()));
    if (is_new) numbered.values.push_back(value);
    numbered.of_row.back() = it->second;
  }
  numbered.gallery_members.resize(numbered.values.size());
  for (const std::size_t row : gallery) {
    const std::int32_t value = numbered.of_row[row];
    if (value != kNoValue) ++numbered.gallery_members[static_cast<std::size_t>(value)];
  }
  return numbered;
}

// The score of one query for one label.
struct QueryScore {
  bool counted = false;
  float precision_at_10 = 0;
  float top1 = 0;
  float average_precision = 0;
};

// Maps a score to an unsigned number that is less for greater scores.
std::uint32_t descending_key(float score) {
  const auto bits = std::bit_cast<std::uint32_t>(score);
  return (bits & 0x80000000u) != 0 ? bits : ~(bits | 0x80000000u);
}

class Ranking {
 public:
  Ranking(const EvaluationSet& set, const EvaluationVectors& vectors)
      : set_(set), vectors_(vectors), gallery_(gallery_rows(set, vectors)) {
    for (std::size_t row = 0; row < set.rows.size(); ++row) {
      if (vectors.present[row] == 0) continue;
      if (!set.has_gallery || set.rows[row].is_query) queries_.push_back(row);
    }
    for (std::size_t label = 0; label < set.label_names.size(); ++label) {
      labels_.push_back(number_values(set, label, gallery_, vectors));
      scores_.emplace_back(queries_.size());
    }
    blocks_.emplace(vectors, gallery_);
  }

  const std::vector<std::size_t>& queries() const { return queries_; }
  const std::vector<std::size_t>& gallery() const { return gallery_; }

  // Ranks the gallery for the queries [from, to). Thread-safe, for other queries.
  void rank_queries(std::size_t from, std::size_t to) {
    std::vector<float> scores((to - from) * blocks_->count() * kColumns);
    std::vector<std::uint64_t> order;
    score_tile(from, to, scores);
    for (std::size_t query = from; query < to; ++query) {
      rank(queries_[query], scores.data() + (query - from) * blocks_->count() * kColumns, order);
      for (std::size_t label = 0; label < labels_.size(); ++label) {
        scores_[label][query] = score(labels_[label], queries_[query], order);
      }
    }
  }

  EvaluationReport::Label summary(std::size_t label) const;

 private:
  const float* vector(std::size_t query) const {
    return vectors_.values.data() + queries_[query] * static_cast<std::size_t>(vectors_.dimensions);
  }

  void score_tile(std::size_t from, std::size_t to, std::vector<float>& scores) const {
    const std::size_t stride = blocks_->count() * kColumns;
    float unused[kColumns];
    for (std::size_t block = 0; block < blocks_->count(); ++block) {
      for (std::size_t query = from; query < to; query += 2) {
        float* out = scores.data() + (query - from) * stride + block * kColumns;
        const bool is_pair = query + 1 < to;
        blocks_->scores(block, vector(query), vector(is_pair ? query + 1 : query), out,
                        is_pair ? out + stride : unused);
      }
    }
  }

  // Sorts the gallery by distance; the low halves of `order` are positions in the gallery, nearest first.
  void rank(std::size_t row, const float* scores, std::vector<std::uint64_t>& order) const {
    order.clear();
    for (std::size_t i = 0; i < gallery_.size(); ++i) {
      if (gallery_[i] == row) continue;
      order.push_back((static_cast<std::uint64_t>(descending_key(scores[i])) << 32) | i);
    }
    std::ranges::sort(order);
  }

  QueryScore score(const LabelValues& label, std::size_t row, const std::vector<std::uint64_t>& order) const {
    const std::int32_t wanted = label.of_row[row];
    if (wanted == kNoValue) return {};
    const std::size_t members = label.gallery_members[static_cast<std::size_t>(wanted)];
    if (members < (set_.has_gallery ? 1 : kMinLabelMembers)) return {};
    const std::size_t relevant = set_.has_gallery ? members : members - 1;
    std::size_t found = 0;
    std::size_t found_at_top = 0;
    double precisions = 0;
    QueryScore result{.counted = true};
    for (std::size_t i = 0; i < order.size() && found < relevant; ++i) {
      if (label.of_row[gallery_[order[i] & 0xFFFFFFFFu]] != wanted) continue;
      ++found;
      precisions += static_cast<double>(found) / static_cast<double>(i + 1);
      if (i < kTop) ++found_at_top;
      if (i == 0) result.top1 = 1;
    }
    const std::size_t top = std::min(kTop, order.size());
    result.precision_at_10 = static_cast<float>(found_at_top) / static_cast<float>(top);
    result.average_precision = static_cast<float>(precisions / static_cast<double>(relevant));
    return result;
  }

  const EvaluationSet& set_;
  const EvaluationVectors& vectors_;
  std::vector<std::size_t> queries_;        // rows
  const std::vector<std::size_t> gallery_;  // rows
  std::vector<LabelValues> labels_;
  std::optional<Blocks> blocks_;
  std::vector<std::vector<QueryScore>> scores_;  // by label and query; threads write queries of their own
};

void add(const QueryScore& score, EvaluationScore& sum) {
  ++sum.queries;
  sum.precision_at_10 += score.precision_at_10;
  sum.top1 += score.top1;
  sum.mean_average_precision += score.average_precision;
}

void divide(EvaluationScore& sum) {
  const double queries = std::max<double>(1, static_cast<double>(sum.queries));
  sum.precision_at_10 /= queries;
  sum.top1 /= queries;
  sum.mean_average_precision /= queries;
}

EvaluationReport::Label Ranking::summary(std::size_t label) const {
  const LabelValues& values = labels_[label];
  EvaluationReport::Label result;
  result.name = set_.label_names[label];
  std::vector<EvaluationReport::Value> by_value(values.values.size());
  for (std::size_t query = 0; query < queries_.size(); ++query) {
    const QueryScore& one = scores_[label][query];
    if (!one.counted) {
      ++result.left_out;
      continue;
    }
    add(one, result.overall);
    add(one, by_value[static_cast<std::size_t>(values.of_row[queries_[query]])].score);
  }
  divide(result.overall);
  for (std::size_t value = 0; value < by_value.size(); ++value) {
    if (by_value[value].score.queries == 0) continue;
    by_value[value].value = values.values[value];
    divide(by_value[value].score);
    result.values.push_back(std::move(by_value[value]));
  }
  std::ranges::sort(result.values, [](const auto& a, const auto& b) {
    return a.score.queries != b.score.queries ? a.score.queries > b.score.queries : a.value < b.value;
  });
  return result;
}

Result<void> check(const EvaluationSet& set, const EvaluationVectors& vectors) {
  const std::size_t numbers = set.rows.size() * static_cast<std::size_t>(std::max(vectors.dimensions, 0));
  if (vectors.dimensions < 1 || vectors.present.size() != set.rows.size() ||
      vectors.values.size() != numbers) {
    return invalid("vectors", "do not match the images: the number of rows differs");
  }
  for (const EvaluationSet::Row& row : set.rows) {
    if (row.labels.size() != set.label_names.size()) return invalid("labels", "an image lacks a label");
  }
  return {};
}

}  // namespace

Result<EvaluationReport> evaluate(const EvaluationSet& set, const EvaluationVectors& vectors,
                                  const EvaluateOptions& options, const Progress& progress,
                                  const std::stop_token& stop) {
  FIT_CHECK(check(set, vectors));
  const Stopwatch watch;
  Ranking ranking(set, vectors);
  if (ranking.queries().empty() || ranking.gallery().empty()) {
    return invalid("path", "has no readable query image or no readable gallery image");
  }
  ProgressCounter done(progress, ranking.queries().size());
  const auto rank = [&](std::size_t from, std::size_t to) -> Result<void> {
    ranking.rank_queries(from, to);
    done.add(to - from);
    return {};
  };
  FIT_CHECK(parallel_ranges(ranking.queries().size(),
                            {.threads = options.threads, .grain = kTile, .stop = stop}, rank));

  EvaluationReport report;
  report.space = options.space;
  report.dimensions = vectors.dimensions;
  report.images = set.rows.size();
  report.unreadable = vectors.unreadable_count;
  report.leave_one_out = !set.has_gallery;
  report.queries = ranking.queries().size();
  report.gallery = ranking.gallery().size();
  for (std::size_t label = 0; label < set.label_names.size(); ++label) {
    report.labels.push_back(ranking.summary(label));
  }
  report.seconds = watch.seconds();
  return report;
}

}  // namespace fit::evaluate
