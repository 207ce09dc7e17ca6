#include "store/pgvector/shard_connection.h"

#include "base/format.h"
#include "store/pgvector/extension.h"
#include "store/pgvector/shard_address.h"
#include "store/pgvector/vector_leaves.h"

namespace fit::store {
namespace {

constexpr std::chrono::seconds kShardConnects{5};

}  // namespace

Result<std::map<std::string, std::string>> option_list(sql::SqlConnection& connection, std::string_view sql,
                                                       const std::string& server) {
  std::map<std::string, std::string> options;
  FIT_CHECK(connection.query(sql, {std::string_view(server)}, [&options](const sql::SqlRow& row) {
    const std::string_view text = row.text(0);
    const std::size_t end = text.find('=');
    if (end != std::string_view::npos) options.emplace(text.substr(0, end), text.substr(end + 1));
  }));
  return options;
}

Result<std::map<std::string, std::string>> mapped_user(sql::SqlConnection& database,
                                                       const std::string& shard) {
  return option_list(database,
                     "SELECT unnest(umoptions) FROM pg_user_mappings WHERE srvname = $1 AND "
                     "usename = current_user",
                     shard_server(shard));
}

Result<std::unique_ptr<sql::SqlConnection>> open_shard_at(const std::string& address,
                                                          const std::string& name) {
  auto opened = open_with_pgvector(address, kShardConnects);
  if (opened) return opened;
  Error error = std::move(opened).error();
  error.field = "layout";
  error.message = fit::format("shard {}: {}", name, error.message);
  return error;
}

Result<std::unique_ptr<sql::SqlConnection>> open_shard(sql::SqlConnection& database,
                                                       const VectorLayout& layout, const std::string& name) {
  const VectorLayout::Shard* const shard = layout.shard(name);
  if (shard == nullptr) return not_found(fit::format("the catalogue's layout has no shard {}", name));
  FIT_TRY(ShardAddress address, shard_address(*shard));
  FIT_TRY(const auto user, mapped_user(database, name));
  for (const auto& [option, value] : user) address.user[option] = value;
  return open_shard_at(address.connection(true), name);
}

}  // namespace fit::store
