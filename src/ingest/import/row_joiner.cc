#include "ingest/import/row_joiner.h"

namespace fit::ingest {
namespace {

std::string id_name(const ItemDraft& draft) {
  return "id:" + draft.external_id();
}

}  // namespace

void RowJoiner::remember(const std::string& name, Place place) {
  by_name_.emplace(name, place);
}

ItemDraft* RowJoiner::find(const std::string& name) {
  const auto found = by_name_.find(name);
  return found == by_name_.end() ? nullptr : &*found->second;
}

void RowJoiner::add(ItemDraft draft) {
  const bool is_part = by_parent_ ? draft.is_variation() : !draft.external_id().empty();
  ItemDraft* const product = !is_part ? nullptr : by_parent_ ? find(draft.parent()) : find(id_name(draft));
  const bool is_other =
      product != nullptr && !by_parent_ && !draft.title().empty() && draft.title() != product->title();
  if (product != nullptr && !is_other) {
    bytes_ += draft.bytes();
    product->add_joined_bytes(draft.bytes());
    product->join(std::move(draft));
    return;
  }
  if (by_parent_ && is_part) draft.reject(invalid("parent", "names a product that is not in the rows above"));
  bytes_ += draft.bytes();
  drafts_.push_back(std::move(draft));
  const auto place = std::prev(drafts_.end());
  if (by_parent_ && is_part) return;
  if (!place->external_id().empty()) remember(id_name(*place), place);
  if (by_parent_ && !place->sku().empty()) remember(place->sku(), place);
}

std::optional<ItemDraft> RowJoiner::take() {
  if (drafts_.empty()) return std::nullopt;
  const auto place = drafts_.begin();
  for (const std::string& name : {id_name(*place), place->sku()}) {
    const auto found = by_name_.find(name);
    if (found != by_name_.end() && found->second == place) by_name_.erase(found);
  }
  bytes_ -= place->bytes();
  ItemDraft draft = std::move(*place);
  drafts_.erase(place);
  return draft;
}

}  // namespace fit::ingest
