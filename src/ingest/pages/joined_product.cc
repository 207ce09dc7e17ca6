#include "ingest/pages/joined_product.h"

#include <algorithm>
#include <array>

#include "base/format.h"
#include "base/text.h"
#include "ingest/import/cell_values.h"
#include "ingest/import/item_draft.h"
#include "ingest/pages/visible_values.h"

namespace fit::ingest {
namespace {

// How a field of a page is stored in a listing.
struct TargetField {
  PageField field;
  std::string_view name;
  Role role = Role::kText;
};
constexpr std::array kTargets = std::to_array<TargetField>({
    {PageField::kTitle, "title"},
    {PageField::kDescription, "description"},
    {PageField::kBrand, "brand"},
    {PageField::kSize, "size"},
    {PageField::kColor, "primary_color", Role::kColors},
    {PageField::kMaterial, "material"},
    {PageField::kCategory, "category", Role::kCategoryPath},
    {PageField::kCondition, "condition"},
    {PageField::kGender, "gender"},
    {PageField::kListedAt, "listed_at"},
});

// Joins parts into an ItemDraft.
class PartJoiner {
 public:
  PartJoiner(const std::vector<PageProduct>& parts, const PageSubject& subject)
      : parts_(parts), subject_(subject), draft_(ItemDraft::Place{}) {}

  PageListing join() {
    for (const TargetField& target : kTargets) {
      if (const PageProduct* const part = first(target.field)) {
        draft_.add_text({target.role, std::string(target.name), 0}, (*part)[target.field]);
        note(target.name, part->origin);
      }
    }
    add_price();
    add_images();
    add_status();
    add_sku();
    draft_.add_text({Role::kId, "external_id", 0}, listing_id(subject_.url));
    draft_.add_text({Role::kText, "url", 0}, subject_.url);
    note("url", ValueOrigin::kAddress);
    ImportRow row = std::move(draft_).finish(SourceContext{});
    if (row.item) listing_.item = *std::move(row.item);
    listing_.warnings = std::move(row.warnings);
    return std::move(listing_);
  }

 private:
  const PageProduct* first(PageField field) const {
    const auto found =
        std::ranges::find_if(parts_, [&](const PageProduct& one) { return !one[field].empty(); });
    return found == parts_.end() ? nullptr : &*found;
  }

  void note(std::string_view field, ValueOrigin origin) {
    listing_.origins.push_back({std::string(field), origin});
  }

  // A price of 0 stands for none: the page asks for a call, or the product is gone. What it shows then is the
  // price of something else.
  void add_price() {
    bool states_zero = false;
    for (const PageProduct& part : parts_) {
      const auto money = first_money(part[PageField::kPrice]);
      if (!money) continue;
      states_zero = states_zero || money->amount <= 0;
      if (money->amount <= 0 || (states_zero && part.origin == ValueOrigin::kVisible)) continue;
      draft_.add_text({Role::kPrice, "price", 0}, fit::format("{}", money->amount));
      note("price", part.origin);
      const std::string& currency = money->currency.empty() ? part[PageField::kCurrency] : money->currency;
      if (currency.empty()) return;
      draft_.add_text({Role::kText, "currency", 0}, currency);
      return note("currency", part.origin);
    }
  }

  void add_images() {
    for (const PageProduct& part : parts_) {
      if (part.images.empty()) continue;
      for (const std::string& url : part.images) draft_.add_text({Role::kImages, "images", 0}, url);
      return note("images", part.origin);
    }
  }

  void add_status() {
    const PageProduct* const part = first(PageField::kStatus);
    if (part == nullptr) return;
    const auto status = read_status((*part)[PageField::kStatus]);
    if (!status) return;
    draft_.add_text({Role::kText, "status", 0}, *status);
    note("status", part->origin);
    listing_.has_status = true;
  }

  // The number that a page shows behind a label is the one that the shop goes by; its markup often has one of
  // its database.
  const PageProduct* sku_part() const {
    for (const PageProduct& part : parts_) {
      const std::string& number = part[PageField::kSku];
      const auto shows = [&](const PageProduct& one) { return std::ranges::contains(one.numbers, number); };
      if (part.origin != ValueOrigin::kVisible && !number.empty() && std::ranges::any_of(parts_, shows))
        return &part;
    }
    for (const bool is_shown : {true, false}) {
      for (const PageProduct& part : parts_) {
        const bool ranks_first = part.origin == ValueOrigin::kVisible || part.origin == ValueOrigin::kRecipe;
        if (ranks_first == is_shown && is_product_number(part[PageField::kSku])) return &part;
      }
    }
    return nullptr;
  }

  void add_sku() {
    if (const PageProduct* const part = sku_part()) {
      listing_.sku = (*part)[PageField::kSku];
      note("sku", part->origin);
    } else if (std::string id = id_in_address(subject_.page_url); !id.empty()) {
      listing_.sku = std::move(id);
      note("sku", ValueOrigin::kAddress);
    }
    if (const PageProduct* const part = first(PageField::kGtin)) {
      listing_.gtin = (*part)[PageField::kGtin];
      note("gtin", part->origin);
    }
  }

  const std::vector<PageProduct>& parts_;
  const PageSubject& subject_;
  ItemDraft draft_;
  PageListing listing_;
};

}  // namespace

PageListing join_parts(const std::vector<PageProduct>& parts, const PageSubject& subject) {
  return PartJoiner(parts, subject).join();
}

}  // namespace fit::ingest
