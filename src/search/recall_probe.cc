#include "search/recall_probe.h"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <unordered_map>
#include <unordered_set>

#include "base/stopwatch.h"
#include "embed/embedder.h"

namespace fit::search {
namespace {

constexpr std::size_t kListedCandidates = 100;  // of a search whose lists are fused
constexpr std::size_t kChunk = 1'000;           // items that are compared without a rest
constexpr int kRestFactor = 3;                  // rest for this many times as long as the work took
constexpr double kAsNear = 1e-5;                // cosines that differ by less are equal
constexpr int kLowestPriority = 19;

Result<void> rest_after(const Stopwatch& work, const std::stop_token& stop) {
  if (!wait_unless_stopped(stop, kRestFactor * work.elapsed())) return cancelled();
  return {};
}

// The recall of one search. `exact` are all compared items, in any order.
RecallMeasurement compare_with(std::vector<std::pair<double, ItemId>> exact,
                               const std::vector<domain::Neighbor>& answer) {
  RecallMeasurement measured;
  measured.expected = std::min(exact.size(), RecallProbe::kDepth);
  if (measured.expected == 0) return measured;
  const auto last = exact.begin() + static_cast<std::ptrdiff_t>(measured.expected) - 1;
  std::ranges::nth_element(exact, last, std::greater<>());
  // Items as near as the last expected one are as good as it.
  const double least = last->first - kAsNear;
  std::unordered_set<ItemId> near;
  for (const auto& [similarity, item] : exact) {
    if (similarity >= least) near.insert(item);
  }
  const std::size_t read = std::min(answer.size(), RecallProbe::kDepth);
  for (std::size_t i = 0; i < read; ++i) measured.found += near.contains(answer[i].item) ? 1 : 0;
  measured.found = std::min(measured.found, measured.expected);
  return measured;
}

double mean_recall(const std::deque<double>& values) {
  double sum = 0;
  for (const double value : values) sum += value;
  return sum / static_cast<double>(values.size());
}

}  // namespace

std::string_view to_string(Selectivity selectivity) {
  return kSelectivities.at(static_cast<std::size_t>(selectivity));
}

RecallProbe::RecallProbe(Parts parts, const Options& options) : parts_(std::move(parts)), options_(options) {
  for (const char* const outcome : {"measured", "dropped", "too_large", "failed"}) {
    parts_.metrics.counter("fit_recall_probes_total", "Searches that were chosen to be asked again exactly",
                           {{"outcome", outcome}});
  }
}

void RecallProbe::start() {
  task_.start([this](const std::stop_token& stop) {
    // Of this thread alone, on Linux.
    setpriority(PRIO_PROCESS, static_cast<id_t>(gettid()), kLowestPriority);
    while (task_.wait()) {
      while (!stop.stop_requested()) {
        const auto measured = measure_next(stop);
        if (measured && !*measured) break;
        if (measured || measured.error().code == ErrorCode::kCancelled) continue;
        parts_.log.warning("the recall of a search was not measured",
                           {{"reason", measured.error().describe()}});
      }
    }
  });
}

void RecallProbe::offer(std::string_view kind, std::span<const float> vector, const Selection& selection,
                        bool are_candidates) {
  if (offered_.fetch_add(1, std::memory_order_relaxed) % options_.one_in != options_.one_in - 1) return;
  {
    const std::lock_guard lock(mutex_);
    if (waiting_.size() < kMaxWaiting) {
      waiting_.push_back({.kind = std::string(kind),
                          .vector = {vector.begin(), vector.end()},
                          .selection = selection,
                          .are_candidates = are_candidates});
      task_.wake();
      return;
    }
  }
  count("dropped");
}

std::optional<RecallProbe::Waiting> RecallProbe::take() {
  const std::lock_guard lock(mutex_);
  if (waiting_.empty()) return std::nullopt;
  Waiting first = std::move(waiting_.front());
  waiting_.pop_front();
  return first;
}

Result<bool> RecallProbe::measure_next(const std::stop_token& stop) {
  const auto query = take();
  if (!query) return false;
  const auto measured = measure(*query, stop);
  if (!measured) {
    if (measured.error().code != ErrorCode::kCancelled) count("failed");
    return measured.error();
  }
  if (!*measured) {
    count("too_large");
  } else if ((*measured)->expected > 0) {
    note(query->kind, **measured);
    count("measured");
  }
  return true;
}

// nullopt for a selection that is too large to be compared.
Result<std::optional<RecallMeasurement>> RecallProbe::measure(const Waiting& query,
                                                              const std::stop_token& stop) const {
  FIT_TRY(const auto items, parts_.columns.latest(query.selection, options_.max_items + 1));
  if (items.size() > options_.max_items) return std::nullopt;
  std::vector<domain::Neighbor> answer;
  if (query.are_candidates) {
    FIT_TRY(answer, parts_.searcher.candidates(query.vector, kListedCandidates, query.selection));
  } else {
    FIT_TRY(answer, parts_.searcher.nearest(query.vector, kDepth, query.selection));
  }
  FIT_TRY(auto exact, compare_all(query, items, stop));
  RecallMeasurement measured = compare_with(std::move(exact), answer);
  FIT_TRY(measured.selectivity, selectivity_of(query.selection, items.size()));
  return measured;
}

// The similarity of each item by its best image. Items without a vector are left out.
Result<std::vector<std::pair<double, ItemId>>> RecallProbe::compare_all(const Waiting& query,
                                                                        std::span<const ItemId> items,
                                                                        const std::stop_token& stop) const {
  std::unordered_map<ItemId, double> best;
  best.reserve(items.size());
  for (std::size_t from = 0; from < items.size(); from += kChunk) {
    const Stopwatch work;
    const auto chunk = items.subspan(from, std::min(kChunk, items.size() - from));
    FIT_TRY(const auto vectors, parts_.searcher.vectors_of(chunk));
    for (const domain::ImageVector& one : vectors) {
      const double similarity = embed::dot(query.vector, one.values);
      const auto [known, is_new] = best.try_emplace(one.item, similarity);
      if (!is_new) known->second = std::max(known->second, similarity);
    }
    FIT_CHECK(rest_after(work, stop));
  }
  std::vector<std::pair<double, ItemId>> exact;
  exact.reserve(best.size());
  for (const auto& [item, similarity] : best) exact.emplace_back(similarity, item);
  return exact;
}

Result<Selectivity> RecallProbe::selectivity_of(const Selection& selection, std::size_t selected) const {
  if (selection.filter.empty()) return Selectivity::kNone;
  FIT_TRY(const auto everything, parts_.columns.select({}));
  FIT_TRY(const auto all, parts_.columns.latest(everything, options_.max_items + 1));
  std::size_t total = all.size();
  if (total > options_.max_items) {
    FIT_TRY(const SearcherState state, parts_.searcher.state());  // an item has an image at least
    total = std::max(total, state.images);
  }
  const double share = static_cast<double>(selected) / static_cast<double>(std::max<std::size_t>(total, 1));
  if (share > 0.1) return Selectivity::kWide;
  return share >= 0.01 ? Selectivity::kMedium : Selectivity::kNarrow;
}

void RecallProbe::note(const std::string& kind, const RecallMeasurement& measured) {
  const Labels labels = {{"kind", kind}, {"selectivity", std::string(to_string(measured.selectivity))}};
  double mean = 0;
  {
    const std::lock_guard lock(mutex_);
    std::deque<double>& latest = latest_[{kind, measured.selectivity}];
    latest.push_back(static_cast<double>(measured.found) / static_cast<double>(measured.expected));
    if (latest.size() > kLatest) latest.pop_front();
    mean = mean_recall(latest);
  }
  parts_.metrics
      .counter("fit_recall_expected_total", "Nearest items that probed searches should have found", labels)
      .add(static_cast<double>(measured.expected));
  parts_.metrics.counter("fit_recall_found_total", "Nearest items that probed searches have found", labels)
      .add(static_cast<double>(measured.found));
  parts_.metrics.gauge("fit_recall_ratio", "Mean recall of the latest 100 probed searches", labels).set(mean);
}

void RecallProbe::count(std::string_view outcome) {
  parts_.metrics
      .counter("fit_recall_probes_total", "Searches that were chosen to be asked again exactly",
               {{"outcome", std::string(outcome)}})
      .add();
}

std::vector<RecallOfKind> RecallProbe::recalls() const {
  const std::lock_guard lock(mutex_);
  std::vector<RecallOfKind> recalls;
  for (const auto& [key, latest] : latest_) {
    recalls.push_back({.kind = key.first,
                       .selectivity = key.second,
                       .recall = mean_recall(latest),
                       .probes = latest.size()});
  }
  return recalls;
}

std::optional<double> RecallProbe::recall() const {
  double sum = 0;
  double probes = 0;
  for (const RecallOfKind& one : recalls()) {
    sum += one.recall * static_cast<double>(one.probes);
    probes += static_cast<double>(one.probes);
  }
  if (probes == 0) return std::nullopt;
  return sum / probes;
}

}  // namespace fit::search
