#include "http/search_taste.h"

#include <chrono>

#include "http/request_person.h"
#include "search/cursor.h"
#include "style/personal/taste_order.h"

namespace fit::http {

Result<std::shared_ptr<const search::PersonalOrder>> find_taste(const Request& request,
                                                                const TenantSnapshot& tenant,
                                                                const search::SearchEngine& engine,
                                                                std::optional<Timestamp> at) {
  std::shared_ptr<const search::PersonalOrder> none;
  FIT_CHECK(check_may_have_taste(request.principal, "weights"));
  FIT_TRY(const auto person, find_person(request));
  if (!person) return none;
  FIT_TRY(auto known, tenant.tastes->find(*person, engine.space(), at));
  if (known == nullptr || known->taste.confidence() == 0) return none;
  return std::make_shared<style::TasteOrder>(tenant.tastes->store(), std::move(known));
}

Result<void> personalise(const Request& request, const TenantSnapshot& tenant,
                         const search::SearchEngine& engine, search::Query& query) {
  if (query.weights.taste == 0 || query.sort || tenant.tastes == nullptr) return {};
  std::optional<Timestamp> at;
  if (!query.cursor.empty()) {
    FIT_TRY(const search::Cursor page, search::decode_cursor(query.cursor));
    if (page.taste_at == 0) return check_may_have_taste(request.principal, "weights");
    at = Timestamp(std::chrono::microseconds(page.taste_at));
  }
  FIT_TRY(query.personal, find_taste(request, tenant, engine, at));
  return {};
}

}  // namespace fit::http
