#pragma once

#include <memory>
#include <utility>

#include "search/personal_order.h"
#include "store/catalogue.h"
#include "style/personal/personal_tastes.h"

namespace fit::style {

// The order of a search's candidates by a taste. The parts of a score are "taste.brand", "taste.price" and so
// on, or "taste" where they cancel each other out.
class TasteOrder final : public search::PersonalOrder {
 public:
  // Borrows the store.
  TasteOrder(store::Catalogue& store, std::shared_ptr<const KnownTaste> known)
      : store_(store), known_(std::move(known)) {}

  std::int64_t learned_at() const override { return known_->at.time_since_epoch().count(); }
  Result<std::vector<std::vector<search::ScorePart>>> parts_of(
      std::span<const search::PersonalCandidate> candidates, double weight) const override;

 private:
  store::Catalogue& store_;
  const std::shared_ptr<const KnownTaste> known_;
};

}  // namespace fit::style
