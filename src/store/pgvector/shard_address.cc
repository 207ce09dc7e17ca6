#include "store/pgvector/shard_address.h"

#include "base/format.h"
#include "sql/postgres_address.h"

namespace fit::store {
namespace {

bool is_of_user(std::string_view name) {
  return name == "user" || name == "password" || name == "sslpassword" || name == "sslcert" ||
         name == "sslkey";
}

bool is_secret(std::string_view name) {
  return name == "password" || name == "sslpassword";
}

}  // namespace

std::string ShardAddress::connection(bool with_password) const {
  std::string text;
  for (const auto* const options : {&server, &user}) {
    for (const auto& [name, value] : *options) {
      if (is_secret(name) && !with_password) continue;
      text += fit::format("{}{}={}", text.empty() ? "" : " ", name, sql::quoted_for_libpq(value));
    }
  }
  return text;
}

Result<ShardAddress> shard_address(const VectorLayout::Shard& shard) {
  const auto wrong = [&shard](const std::string& why) {
    return invalid("layout", fit::format("shard.{}.url {}", shard.name, why));
  };
  const auto parsed = sql::postgres_address(shard.url);
  if (!parsed) return wrong("must look like postgresql://user@host:5432/database");
  ShardAddress address;
  for (const auto& [name, value] : *parsed) {
    (is_of_user(name) ? address.user : address.server)[name] = value;
  }
  if (!address.server.contains("host") && !address.server.contains("hostaddr"))
    return wrong("must name a host");
  if (!address.server.contains("dbname")) return wrong("must name a database");
  if (!address.user.contains("user")) return wrong("must name a user");
  if (address.server.contains("options")) return wrong("cannot have options: fit sets them");
  return address;
}

}  // namespace fit::store
