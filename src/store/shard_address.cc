#include "store/shard_address.h"

#include <libpq-fe.h>

#include <memory>

#include "base/format.h"

namespace fit::store {
namespace {

bool is_of_user(std::string_view name) {
  return name == "user" || name == "password" || name == "sslpassword" || name == "sslcert" ||
         name == "sslkey";
}

bool is_secret(std::string_view name) {
  return name == "password" || name == "sslpassword";
}

std::string in_quotes(std::string_view value) {
  std::string text = "'";
  for (const char c : value) {
    if (c == '\'' || c == '\\') text += '\\';
    text += c;
  }
  return text + "'";
}

}  // namespace

std::string ShardAddress::connection(bool with_password) const {
  std::string text;
  for (const auto* const options : {&server, &user}) {
    for (const auto& [name, value] : *options) {
      if (is_secret(name) && !with_password) continue;
      text += fit::format("{}{}={}", text.empty() ? "" : " ", name, in_quotes(value));
    }
  }
  return text;
}

Result<ShardAddress> shard_address(const VectorLayout::Shard& shard) {
  struct Free {
    void operator()(PQconninfoOption* options) const { PQconninfoFree(options); }
  };
  const auto wrong = [&shard](const std::string& why) {
    return invalid("layout", fit::format("shard.{}.url {}", shard.name, why));
  };
  // libpq's words about it may repeat a part of it, and so the password.
  const std::unique_ptr<PQconninfoOption, Free> parsed(PQconninfoParse(shard.url.c_str(), nullptr));
  if (parsed == nullptr) return wrong("must look like postgresql://user@host:5432/database");
  ShardAddress address;
  for (const PQconninfoOption* option = parsed.get(); option->keyword != nullptr; ++option) {
    if (option->val == nullptr) continue;
    const std::string name = option->keyword;
    (is_of_user(name) ? address.user : address.server)[name] = option->val;
  }
  if (!address.server.contains("host") && !address.server.contains("hostaddr"))
    return wrong("must name a host");
  if (!address.server.contains("dbname")) return wrong("must name a database");
  if (!address.user.contains("user")) return wrong("must name a user");
  if (address.server.contains("options")) return wrong("cannot have options: fit sets them");
  return address;
}

}  // namespace fit::store
