#include "style/personal/taste_order.h"

#include <cmath>

#include "search/query.h"
#include "style/personal/taste_items.h"
#include "style/taste/taste_rerank.h"

namespace fit::style {
namespace {

static_assert(search::kMaxTasteWeight == kMaxTasteWeight);

constexpr double kLeastLogit = 1e-9;  // below which the parts of a logit cancel each other out

// The parts of what a taste adds to a score, in the proportions of the parts of its logit.
std::vector<search::ScorePart> addition_parts(const TasteRank& rank) {
  std::vector<search::ScorePart> parts;
  if (rank.addition == 0) return parts;
  double sum = 0;
  for (const TasteScore::Part& part : rank.taste.parts) sum += part.logit;
  if (std::abs(sum) < kLeastLogit) {
    parts.push_back({"taste", rank.addition});
    return parts;
  }
  for (const TasteScore::Part& part : rank.taste.parts) {
    parts.push_back({"taste." + part.name, rank.addition * part.logit / sum});
  }
  return parts;
}

}  // namespace

Result<std::vector<std::vector<search::ScorePart>>> TasteOrder::parts_of(
    std::span<const search::PersonalCandidate> candidates, double weight) const {
  std::vector<ItemId> ids;
  for (const search::PersonalCandidate& one : candidates) ids.push_back(one.item);
  FIT_TRY(const auto prepared, prepared_items(store_, known_->space_id, *known_->background, ids));
  std::vector<TasteCandidate> judged;
  for (const search::PersonalCandidate& one : candidates) {
    const auto item = prepared.find(one.item);
    judged.push_back({.item = item == prepared.end() ? nullptr : &item->second, .score = one.score});
  }
  std::vector<std::vector<search::ScorePart>> parts(candidates.size());
  for (const TasteRank& rank : rerank_by_taste(judged, known_->taste, weight)) {
    parts[rank.candidate] = addition_parts(rank);
  }
  return parts;
}

}  // namespace fit::style
