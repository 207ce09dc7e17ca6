#include "accounts/one_time_links.h"

#include <algorithm>
#include <array>

#include "accounts/key_secret.h"
#include "accounts/sql_times.h"

namespace fit::accounts {
namespace {

constexpr std::array<std::string_view, 3> kPurposes = {"set-up", "invitation", "reset"};

using sql::Ordering;
using sql::SqlConnection;
using sql::SqlRow;

std::string_view to_string(LinkPurpose purpose) {
  return kPurposes[static_cast<std::size_t>(purpose)];
}

}  // namespace

std::string_view path_of(LinkPurpose purpose) {
  switch (purpose) {
    case LinkPurpose::kSetUp:
      return "/set-up";
    case LinkPurpose::kInvitation:
      return "/invitation";
    case LinkPurpose::kReset:
      return "/reset";
  }
  return "/";
}

std::chrono::minutes lifetime_of(LinkPurpose purpose) {
  switch (purpose) {
    case LinkPurpose::kSetUp:
      return std::chrono::hours(24);
    case LinkPurpose::kInvitation:
      return std::chrono::days(7);
    case LinkPurpose::kReset:
      return std::chrono::minutes(30);
  }
  return std::chrono::minutes(0);
}

Result<std::string> OneTimeLinks::create(LinkPurpose purpose, std::optional<std::int64_t> user) {
  return database_.write(Ordering::kUnordered, [&](SqlConnection& connection) -> Result<std::string> {
    const Timestamp time = now();
    std::string token = make_random_token();
    FIT_CHECK(connection.execute("DELETE FROM one_time_links WHERE expires_at <= $1", {ticks(time)}));
    if (user) {
      FIT_CHECK(connection.execute("DELETE FROM one_time_links WHERE user_id = $1 AND purpose = $2",
                                   {*user, to_string(purpose)}));
    } else {
      FIT_CHECK(connection.execute("DELETE FROM one_time_links WHERE user_id IS NULL", {}));
    }
    const std::string hash = hash_of(token);
    FIT_CHECK(
        connection.execute("INSERT INTO one_time_links (hash, purpose, user_id, created_at, expires_at) "
                           "VALUES ($1, $2, $3, $4, $5)",
                           {std::string_view(hash), to_string(purpose), sql::nullable(user), ticks(time),
                            ticks(time + lifetime_of(purpose))}));
    return token;
  });
}

Result<std::optional<OneTimeLink>> OneTimeLinks::find(std::string_view token) {
  const std::string hash = hash_of(token);
  return database_.read([&](SqlConnection& connection) -> Result<std::optional<OneTimeLink>> {
    std::optional<OneTimeLink> found;
    FIT_CHECK(connection.query(
        "SELECT purpose, user_id, expires_at FROM one_time_links WHERE hash = $1 AND expires_at > $2",
        {std::string_view(hash), ticks(now())}, [&found](const SqlRow& row) {
          const auto purpose = std::ranges::find(kPurposes, row.text(0));
          if (purpose == kPurposes.end()) return;
          found = OneTimeLink{.purpose = static_cast<LinkPurpose>(purpose - kPurposes.begin()),
                              .user_id = {},
                              .expires_at = time_at(row, 2)};
          if (!row.is_null(1)) found->user_id = row.integer(1);
        }));
    return found;
  });
}

Result<void> use_link(SqlConnection& connection, std::string_view token) {
  const std::string hash = hash_of(token);
  FIT_TRY(const std::int64_t removed,
          connection.execute("DELETE FROM one_time_links WHERE hash = $1 AND expires_at > $2",
                             {std::string_view(hash), ticks(now())}));
  if (removed == 0) return not_found("the link was used, has ended or is wrong; ask for another one");
  return {};
}

}  // namespace fit::accounts
