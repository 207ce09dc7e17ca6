#include "store/pgvector/vector_layout.h"

#include <algorithm>
#include <set>

#include "base/format.h"
#include "base/json_reader.h"
#include "base/toml.h"
#include "store/pgvector/vector_tables.h"
#include "store/tables/value_keys.h"

namespace fit::store {
namespace {

constexpr std::size_t kLongestName = 24;  // so that the names of indexes fit into PostgreSQL's 63
constexpr std::size_t kMostPartitions = 1000;
constexpr int kLeastWidth = 10;  // of a search
constexpr int kMostWidth = 1000;
constexpr std::string_view kField = "layout";

Error wrong(const std::string& key, const std::string& why) {
  return invalid(std::string(kField), key + " " + why);
}

void check_name(JsonReader& table, std::string_view name) {
  const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; };
  if (name.empty() || name.size() > kLongestName || name[0] < 'a' || name[0] > 'z' ||
      !std::ranges::all_of(name, is_letter)) {
    table.fail("", fit::format("must be named by small letters, digits and _, at most {}", kLongestName));
  }
  if (name == "rest") {
    table.fail("", "must have another name: rest is the partition of all other categories");
  }
}

VectorLayout::Partition read_partition(const std::string& name, JsonReader& table) {
  check_name(table, name);
  VectorLayout::Partition partition{.name = name, .categories = {}, .shard = table.optional_text("shard")};
  const auto categories = table.optional_texts("categories");
  if (categories.empty()) table.fail("categories", "must be a list of categories");
  if (!std::ranges::all_of(categories, [](const std::string& one) { return can_be_key(one); })) {
    table.fail("categories", "must be texts of at most 200 bytes");
  }
  for (const std::string& category : categories) partition.categories.push_back(category_key(category));
  std::ranges::sort(partition.categories);
  table.reject_unknown_keys();
  return partition;
}

VectorLayout::Shard read_shard(const std::string& name, JsonReader& table) {
  check_name(table, name);
  VectorLayout::Shard shard{
      .name = name, .url = table.text("url"), .password_env = table.optional_text("password_env")};
  if (table.find("ef_search") != nullptr) {
    shard.ef_search = static_cast<int>(table.integer("ef_search", kLeastWidth, kMostWidth));
  }
  table.reject_unknown_keys();
  return shard;
}

Result<void> check_whole(const VectorLayout& layout) {
  if (layout.partitions.size() > kMostPartitions) {
    return wrong("partition", fit::format("is there more than {} times", kMostPartitions));
  }
  std::set<std::string> met;
  std::set<std::string> used;
  for (const VectorLayout::Partition& partition : layout.partitions) {
    for (const std::string& category : partition.categories) {
      if (!met.insert(category).second) {
        return wrong(fit::format("partition.{}.categories", partition.name),
                     fit::format("has '{}', which is there already", category));
      }
    }
    if (partition.shard.empty()) continue;
    used.insert(partition.shard);
    if (layout.shard(partition.shard) == nullptr) {
      return wrong(fit::format("partition.{}.shard", partition.name),
                   fit::format("names {}, and there is no [shard.{}]", partition.shard, partition.shard));
    }
  }
  for (const VectorLayout::Shard& shard : layout.shards) {
    if (!used.contains(shard.name)) return wrong("shard." + shard.name, "is used by no partition");
  }
  return {};
}

Result<VectorLayout> read_layout(const Json& json) {
  JsonReader reader(json);
  for (const char* const key : {"partition", "shard"}) {
    const Json* const tables = reader.find(key);
    if (tables != nullptr && !tables->is_object()) {
      reader.fail(key, fit::format("must be tables [{}.NAME]", key));
    }
  }
  VectorLayout layout;
  for (auto& [name, table] : reader.named_objects("partition")) {
    layout.partitions.push_back(read_partition(name, table));
  }
  for (auto& [name, table] : reader.named_objects("shard")) layout.shards.push_back(read_shard(name, table));
  if (const auto read = reader.finish(); !read) return wrong(read.error().field, read.error().message);
  std::ranges::sort(layout.partitions, {}, &VectorLayout::Partition::name);
  std::ranges::sort(layout.shards, {}, &VectorLayout::Shard::name);
  FIT_CHECK(check_whole(layout));
  return layout;
}

}  // namespace

const VectorLayout::Shard* VectorLayout::shard(std::string_view name) const {
  const auto found = std::ranges::find(shards, name, &Shard::name);
  return found == shards.end() ? nullptr : &*found;
}

const VectorLayout::Partition* VectorLayout::partition(std::string_view name) const {
  const auto found = std::ranges::find(partitions, name, &Partition::name);
  return found == partitions.end() ? nullptr : &*found;
}

Result<VectorLayout> parse_layout(std::string_view toml) {
  FIT_TRY(const Json json, parse_toml(kField, toml));
  return read_layout(json);
}

std::string layout_text(const VectorLayout& layout) {
  Json json = {{"partition", Json::object()}, {"shard", Json::object()}};
  for (const VectorLayout::Partition& partition : layout.partitions) {
    Json& one = json["partition"][partition.name];
    one["categories"] = partition.categories;
    if (!partition.shard.empty()) one["shard"] = partition.shard;
  }
  for (const VectorLayout::Shard& shard : layout.shards) {
    Json& one = json["shard"][shard.name];
    one = {{"url", shard.url}, {"ef_search", shard.ef_search}};
    if (!shard.password_env.empty()) one["password_env"] = shard.password_env;
  }
  return dump_json(json);
}

Result<VectorLayout> layout_of_text(std::string_view text) {
  FIT_TRY(const Json json, parse_json(kField, text));
  return read_layout(json);
}

Result<std::optional<VectorLayout>> stored_layout(sql::SqlConnection& connection) {
  std::string text;
  FIT_CHECK(connection.query("SELECT value FROM store_meta WHERE name = $1", {kStoredLayout},
                             [&text](const sql::SqlRow& row) { text = row.text(0); }));
  if (text.empty()) return std::optional<VectorLayout>();
  FIT_TRY(auto layout, layout_of_text(text));
  return std::optional(std::move(layout));
}

std::string rest_table(const std::string& table) {
  return table + "_rest";
}

std::string partition_table(const std::string& table, const VectorLayout::Partition& partition) {
  return table + "_" + partition.name;
}

std::string parent_table_sql(const std::string& table, int dimensions) {
  return fit::format("CREATE TABLE {} ({}) PARTITION BY LIST (category);\n", table,
                     vector_column_definitions(dimensions));
}

std::string attach_rest_sql(const std::string& table) {
  return fit::format("ALTER TABLE {} ATTACH PARTITION {} DEFAULT;\n", table, rest_table(table));
}

std::string attach_sql(const std::string& table, const VectorLayout::Partition& partition) {
  return fit::format("ALTER TABLE {} ATTACH PARTITION {} FOR VALUES IN ({});\n", table,
                     partition_table(table, partition), category_list(partition));
}

std::string category_list(const VectorLayout::Partition& partition) {
  std::string list;
  for (const std::string& category : partition.categories) {
    list += (list.empty() ? "" : ", ") + sql_quoted(category);
  }
  return list;
}

std::string sql_quoted(std::string_view text) {
  const bool has_backslash = text.contains('\\');
  std::string quoted = has_backslash ? "E'" : "'";
  for (const char c : text) {
    if (c == '\'' || c == '\\') quoted += c;
    quoted += c;
  }
  return quoted + "'";
}

}  // namespace fit::store
