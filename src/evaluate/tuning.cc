#include "evaluate/tuning.h"

#include <algorithm>
#include <numeric>
#include <random>
#include <unordered_map>

#include "base/format.h"
#include "embed/embedder.h"
#include "evaluate/evaluation.h"

namespace fit::evaluate {
namespace {

// The factors by which a weight is varied, coarse ones first.
constexpr std::array<double, 8> kSteps = {4, 2, 2, 1.5, 1.5, 1.25, 1.25, 1.1};

// The candidates of one query.
struct Candidates {
  std::vector<std::vector<float>> cosines;  // indexed by space and candidate
  // Indexed by label and candidate: whether the candidate has the query's value. Empty for a label without a
  // query.
  std::vector<std::vector<std::uint8_t>> matches;
};

class Tuner {
 public:
  Tuner(const EvaluationSet& set, const std::vector<TunedSpace>& spaces, const TuningOptions& options)
      : set_(set), spaces_(spaces), options_(options) {
    for (std::size_t row = 0; row < set.rows.size(); ++row) {
      const bool seen = std::ranges::all_of(
          spaces, [row](const TunedSpace& space) { return space.vectors.present[row] != 0; });
      if (!seen) continue;
      if (!set.has_gallery || set.rows[row].is_query) queries_.push_back(row);
      if (!set.has_gallery || !set.rows[row].is_query) gallery_.push_back(row);
    }
    for (std::size_t label = 0; label < set.label_names.size(); ++label) {
      for (const std::size_t row : gallery_) ++members_[label][set.rows[row].labels[label]];
    }
    std::mt19937 random(options.seed);
    std::ranges::shuffle(queries_, random);
    if (queries_.size() > options.queries) queries_.resize(options.queries);
  }

  Result<TuningReport> tune(const Progress& progress, const std::stop_token& stop) {
    TuningReport report{.spaces = {}, .weights = {}, .labels = set_.label_names, .scores = {}};
    for (const TunedSpace& space : spaces_) report.spaces.push_back(space.name);
    for (std::size_t i = 0; i < queries_.size(); ++i) {
      (i % 2 == 0 ? learn_ : test_).push_back(candidates_of(queries_[i]));
      progress(static_cast<std::int64_t>(i + 1), static_cast<std::int64_t>(queries_.size()));
      if (stop.stop_requested()) return cancelled();
    }
    report.tuned_on = learn_.size();
    report.tested_on = test_.size();
    if (learn_.empty() || test_.empty()) return invalid("path", "has too few images to tune with");
    report.weights = ascend();
    for (std::size_t space = 0; space < spaces_.size(); ++space) {
      std::vector<double> alone(spaces_.size(), 0);
      alone[space] = 1;
      report.scores.push_back({spaces_[space].name, precisions(test_, alone)});
    }
    report.scores.push_back({"tuned", precisions(test_, report.weights)});
    return report;
  }

 private:
  float cosine(const TunedSpace& space, std::size_t a, std::size_t b) const {
    const auto dimensions = static_cast<std::size_t>(space.vectors.dimensions);
    const float* const values = space.vectors.values.data();
    return static_cast<float>(
        embed::dot({values + a * dimensions, dimensions}, {values + b * dimensions, dimensions}));
  }

  Candidates candidates_of(std::size_t query) const {
    std::vector<std::pair<float, std::size_t>> nearest;
    for (const std::size_t row : gallery_) {
      if (row != query) nearest.emplace_back(cosine(spaces_.front(), query, row), row);
    }
    const auto better = [](const auto& a, const auto& b) {
      return a.first != b.first ? a.first > b.first : a.second < b.second;
    };
    const std::size_t count = std::min(options_.candidates, nearest.size());
    std::ranges::partial_sort(nearest, nearest.begin() + static_cast<std::ptrdiff_t>(count), better);
    nearest.resize(count);
    Candidates found;
    for (const TunedSpace& space : spaces_) {
      auto& cosines = found.cosines.emplace_back();
      for (const auto& [first, row] : nearest) cosines.push_back(cosine(space, query, row));
    }
    for (std::size_t label = 0; label < set_.label_names.size(); ++label) {
      auto& matches = found.matches.emplace_back();
      const std::string& value = set_.rows[query].labels[label];
      const auto members = members_.at(label).find(value);
      const std::size_t least = set_.has_gallery ? 1 : kMinLabelMembers;
      if (value.empty() || members == members_.at(label).end() || members->second < least) continue;
      for (const auto& [first, row] : nearest)
        matches.push_back(set_.rows[row].labels[label] == value ? 1 : 0);
    }
    return found;
  }

  std::vector<double> precisions(const std::vector<Candidates>& queries,
                                 const std::vector<double>& weights) const {
    std::vector<double> sums(set_.label_names.size());
    std::vector<double> counts(set_.label_names.size());
    std::vector<double> scores;
    std::vector<std::size_t> order;
    for (const Candidates& one : queries) {
      scores.assign(one.cosines.front().size(), 0);
      for (std::size_t space = 0; space < weights.size(); ++space) {
        for (std::size_t i = 0; i < scores.size(); ++i) scores[i] += weights[space] * one.cosines[space][i];
      }
      order.resize(scores.size());
      std::iota(order.begin(), order.end(), std::size_t{0});
      const std::size_t top = std::min(kTop, order.size());
      std::ranges::partial_sort(order, order.begin() + static_cast<std::ptrdiff_t>(top), [&](auto a, auto b) {
        return scores[a] != scores[b] ? scores[a] > scores[b] : a < b;
      });
      for (std::size_t label = 0; label < sums.size(); ++label) {
        if (one.matches[label].empty()) continue;
        for (std::size_t i = 0; i < top; ++i) sums[label] += one.matches[label][order[i]];
        counts[label] += kTop;
      }
    }
    for (std::size_t label = 0; label < sums.size(); ++label) sums[label] /= std::max(1.0, counts[label]);
    return sums;
  }

  // The objective: the mean precision over the labels of the training half.
  double objective(const std::vector<double>& weights) const {
    const auto all = precisions(learn_, weights);
    return std::accumulate(all.begin(), all.end(), 0.0) / static_cast<double>(all.size());
  }

  // Coordinate ascent from the first space alone.
  std::vector<double> ascend() const {
    std::vector<double> best(spaces_.size(), 0);
    best.front() = 1;
    double reached = objective(best);
    const auto try_weight = [&](std::size_t space, double weight) {
      std::vector<double> other(best);
      other[space] = weight;
      const double score = objective(other);
      if (score <= reached) return;
      reached = score;
      best = std::move(other);
    };
    for (const double step : kSteps) {
      for (std::size_t space = 1; space < spaces_.size(); ++space) {
        if (best[space] == 0) {
          for (const double first : {0.1, 0.3, 1.0}) try_weight(space, first);
        } else {
          const double now = best[space];
          for (const double weight : {now * step, now / step}) try_weight(space, weight);
        }
      }
    }
    return best;
  }

  const EvaluationSet& set_;
  const std::vector<TunedSpace>& spaces_;
  const TuningOptions options_;
  std::vector<std::size_t> queries_;
  std::vector<std::size_t> gallery_;
  std::unordered_map<std::size_t, std::unordered_map<std::string, std::size_t>>
      members_;  // the rows of each value, by label
  std::vector<Candidates> learn_;
  std::vector<Candidates> test_;
};

}  // namespace

Result<TuningReport> tune(const EvaluationSet& set, const std::vector<TunedSpace>& spaces,
                          const TuningOptions& options, const Progress& progress,
                          const std::stop_token& stop) {
  if (spaces.size() < 2)
    return invalid("space", "at least two spaces are needed: the first one and others to weight");
  for (const TunedSpace& space : spaces) {
    if (space.vectors.present.size() != set.rows.size()) {
      return invalid("vectors", "do not match the images");
    }
  }
  return Tuner(set, spaces, options).tune(progress, stop);
}

std::string rerank_setting(const TuningReport& report) {
  std::string setting;
  for (std::size_t i = 1; i < report.spaces.size(); ++i) {
    if (report.weights[i] == 0) continue;
    setting += fit::format("{}{}:{:.3g}", setting.empty() ? "" : ",", report.spaces[i], report.weights[i]);
  }
  return setting;
}

std::string to_table(const TuningReport& report) {
  std::size_t width = 5;
  for (const std::string& space : report.spaces) width = std::max(width, space.size());
  std::string table = fit::format("tuned on {} images, tested on {} others; precision at 10\n\n{:<{}}",
                                  report.tuned_on, report.tested_on, "", width);
  for (const std::string& label : report.labels) table += "  " + label;
  table += '\n';
  for (const TuningReport::Score& score : report.scores) {
    table += fit::format("{:<{}}", score.name, width);
    for (std::size_t i = 0; i < report.labels.size(); ++i) {
      table += fit::format("  {:>{}.3f}", score.precisions[i], report.labels[i].size());
    }
    table += '\n';
  }
  return table + fit::format("\nRERANK_SPACES={}\n", rerank_setting(report));
}

Json to_json(const TuningReport& report) {
  Json scores = Json::array();
  for (const TuningReport::Score& score : report.scores) {
    Json one = {{"order", score.name}, {"precision_at_10", Json::object()}};
    for (std::size_t i = 0; i < report.labels.size(); ++i) {
      one["precision_at_10"][report.labels[i]] = score.precisions[i];
    }
    scores.push_back(std::move(one));
  }
  Json weights = Json::object();
  for (std::size_t i = 0; i < report.spaces.size(); ++i) weights[report.spaces[i]] = report.weights[i];
  return {{"tuned_on", report.tuned_on},
          {"tested_on", report.tested_on},
          {"weights", std::move(weights)},
          {"rerank_spaces", rerank_setting(report)},
          {"scores", std::move(scores)}};
}

}  // namespace fit::evaluate
