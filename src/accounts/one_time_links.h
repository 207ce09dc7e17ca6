#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "sql/database.h"

namespace fit::accounts {

// What a one-time link is for.
enum class LinkPurpose : std::uint8_t {
  kSetUp,       // creates the first owner; belongs to no user
  kInvitation,  // sets the first password of a user
  kReset,       // sets another password
};

// The page of the web app for links of a purpose: "/set-up", "/invitation", "/reset".
std::string_view path_of(LinkPurpose purpose);

// How long links of a purpose work: 24 hours, 7 days, 30 minutes.
std::chrono::minutes lifetime_of(LinkPurpose purpose);

// A link whose token was found.
struct OneTimeLink {
  LinkPurpose purpose = LinkPurpose::kReset;
  std::optional<std::int64_t> user_id;  // nullopt: kSetUp
  Timestamp expires_at;
};

// Links that work once. Thread-safe; calls block. Errors besides those named: as for sql::Database.
class OneTimeLinks {
 public:
  explicit OneTimeLinks(sql::Database& database) : database_(database) {}

  // Makes the token of a link. The user's earlier link of that purpose ends. `user` is nullopt for kSetUp
  // only.
  Result<std::string> create(LinkPurpose purpose, std::optional<std::int64_t> user);

  // The link of a token; nullopt when there is none, or it has ended.
  Result<std::optional<OneTimeLink>> find(std::string_view token);

 private:
  sql::Database& database_;
};

// Uses up the link of a token within a write transaction. kNotFound when another call was first.
Result<void> use_link(sql::SqlConnection& connection, std::string_view token);

}  // namespace fit::accounts
