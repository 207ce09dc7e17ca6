#include "sql/postgres_address.h"

#include <libpq-fe.h>

#include <memory>

namespace fit::sql {

Result<PostgresAddress> postgres_address(const std::string& url) {
  struct Free {
    void operator()(PQconninfoOption* options) const { PQconninfoFree(options); }
  };
  const std::unique_ptr<PQconninfoOption, Free> parsed(PQconninfoParse(url.c_str(), nullptr));
  if (parsed == nullptr) {
    return Error{ErrorCode::kInvalid, "must look like postgresql://user:password@host:5432/database", {}, {}};
  }
  PostgresAddress address;
  for (const PQconninfoOption* option = parsed.get(); option->keyword != nullptr; ++option) {
    if (option->val != nullptr) address[option->keyword] = option->val;
  }
  return address;
}

std::string quoted_for_libpq(std::string_view value) {
  std::string text = "'";
  for (const char c : value) {
    if (c == '\'' || c == '\\') text += '\\';
    text += c;
  }
  return text + "'";
}

std::string postgres_host(const std::string& url) {
  const auto address = postgres_address(url);
  if (!address) return {};
  const auto value = [&address](const char* keyword) {
    const auto found = address->find(keyword);
    return found == address->end() ? std::string() : found->second;
  };
  const std::string port = value("port");
  return value("host") + (port.empty() ? "" : ":" + port);
}

}  // namespace fit::sql
