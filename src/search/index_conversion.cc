#include "search/index_conversion.h"

#include <new>

#include "index/factory/open_index.h"
#include "search/index_fill.h"

namespace fit::search {
namespace {

// Changes that the last step, during which the catalogue's followers wait, may have to apply.
constexpr std::int64_t kFewChanges = 500;

}  // namespace

IndexConversion::IndexConversion(store::Catalogue& store, Plan plan) : store_(store), plan_(std::move(plan)) {
  task_.start([this](const std::stop_token& stop) {
    try {
      result_ = build(stop);
    } catch (const std::bad_alloc&) {
      result_ = internal("there is no memory for the new index", {});
    }
    is_done_ = true;
  });
}

// The position is read before the vectors: what is written meanwhile is applied again, which changes nothing.
Result<void> IndexConversion::build(const std::stop_token& stop) {
  built_.index = index::make_index(plan_.index, plan_.folder);
  FIT_TRY(built_.position, store_.changes().position());
  FIT_CHECK(fill_index(
      *built_.index, store_, plan_.space,
      [this](std::int64_t done, std::int64_t total) {
        done_ = done;
        total_ = total;
      },
      stop));
  while (true) {
    FIT_TRY(const std::int64_t target, store_.changes().position());
    const bool is_near = target - built_.position <= kFewChanges;
    FIT_CHECK(follow_store(*built_.index, store_, plan_.space, built_.position, target, stop));
    if (is_near) return {};
  }
}

Result<IndexConversion::Built> IndexConversion::take() {
  FIT_CHECK(result_);
  return std::move(built_);
}

}  // namespace fit::search
