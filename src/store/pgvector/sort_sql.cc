#include "store/pgvector/sort_sql.h"

#include "base/format.h"

namespace fit::store {

// Codes of currencies are three letters (search/exchange_rates.h).
std::string compared_price(const domain::PriceUnit* unit) {
  if (unit == nullptr) return "i.price";
  std::string cases;
  for (const auto& [currency, factor] : unit->factors)
    cases += fit::format(" WHEN '{}' THEN {}::FLOAT8", currency, factor);
  return fit::format("i.price * CASE i.currency{} END", cases);
}

SortSql::SortSql(const domain::SortRequest& request)
    : request_(request),
      is_ascending_(request.order == domain::SortOrder::kLowestPrice),
      key_(request.order == domain::SortOrder::kNewest ? "i.listed_at" : compared_price(request.unit)),
      amount_(request.order != domain::SortOrder::kNewest && request.unit != nullptr
                  ? fit::format("CASE WHEN {} IS NULL THEN i.price END", key_)
                  : "NULL::FLOAT8") {}

std::string SortSql::columns() const {
  return fit::format("({})::FLOAT8, {}", key_, amount_);
}

domain::SortValue SortSql::value(std::optional<double> key, std::optional<double> amount) const {
  const double sign = is_ascending_ ? 1 : -1;
  if (key) return {domain::SortValue::Group::kCompared, sign * *key};
  if (amount) return {domain::SortValue::Group::kNotConverted, sign * *amount};
  return {};
}

std::string SortSql::order() const {
  const std::string_view direction = is_ascending_ ? "ASC" : "DESC";
  std::string by = fit::format("{} {} NULLS LAST, ", key_, direction);
  if (request_.unit != nullptr) by += fit::format("{} {} NULLS LAST, ", amount_, direction);
  return by + "i.id DESC";
}

std::string SortSql::after(std::vector<sql::SqlValue>& values) const {
  if (!request_.after) return {};
  using enum domain::SortValue::Group;
  const auto& [value, item] = *request_.after;
  const auto bind = [&values](sql::SqlValue bound) {
    values.push_back(bound);
    return fit::format("${}", values.size());
  };
  const std::string id = bind(item.value);
  if (value.group == kMissing)
    return fit::format("{} IS NULL AND {} IS NULL AND i.id < {}", key_, amount_, id);
  const std::string stored = bind(is_ascending_ ? value.value : -value.value) +
                             (request_.order == domain::SortOrder::kNewest ? "::FLOAT8::BIGINT" : "::FLOAT8");
  const std::string& column = value.group == kCompared ? key_ : amount_;
  std::string later = fit::format("({0} {1} {2} OR ({0} = {2} AND i.id < {3}) OR {0} IS NULL)", column,
                                  is_ascending_ ? ">" : "<", stored, id);
  return value.group == kCompared ? later : fit::format("{} IS NULL AND {}", key_, later);
}

}  // namespace fit::store
