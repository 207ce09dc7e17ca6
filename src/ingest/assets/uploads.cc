#include "ingest/assets/uploads.h"

#include <algorithm>

#include "base/format.h"
#include "base/secure_random.h"
#include "ingest/assets/upload_file.h"
#include "sql/sql_times.h"

namespace fit::ingest {
namespace {

constexpr std::size_t kIdBytes = 16;

using sql::Ordering;
using sql::SqlConnection;
using sql::SqlRow;
using sql::SqlValue;
using sql::ticks;

std::string new_id() {
  std::string id;
  for (const std::byte byte : secure_random(kIdBytes)) {
    id += fit::format("{:02x}", std::to_integer<unsigned>(byte));
  }
  return id;
}

// Whether the text may be an id, and thus the name of a file.
bool is_id(std::string_view text) {
  return text.size() == 2 * kIdBytes &&
         std::ranges::all_of(text, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

Error no_such_upload() {
  return not_found("there is no such upload, or it has expired");
}

Json metadata_json(const AssetMetadata& metadata) {
  return {{"title", metadata.title},
          {"source", metadata.source},
          {"external_id", metadata.external_id},
          {"tags", metadata.tags},
          {"make_item", metadata.make_item}};
}

Result<Upload> upload_of(const SqlRow& row) {
  Upload upload{.id = std::string(row.text(0)),
                .owner = std::string(row.text(1)),
                .length_bytes = static_cast<std::uint64_t>(row.integer(2)),
                .offset_bytes = static_cast<std::uint64_t>(row.integer(3)),
                .name = std::string(row.text(4)),
                .metadata = {},
                .sent_metadata = std::string(row.text(9)),
                .asset = {},
                .expires_at = sql::time_at(row, 8)};
  if (!row.is_null(6)) upload.asset = AddedAsset{.id = {row.integer(6)}, .job = row.integer(7)};
  FIT_TRY(const Json metadata, parse_json("metadata", row.text(5)));
  FIT_TRY(upload.metadata, parse_asset_metadata("metadata", metadata));
  return upload;
}

// Whether an error concerns the file for good.
bool is_of_file(const Error& error) {
  return error.code == ErrorCode::kUnsupportedMedia || error.code == ErrorCode::kMalformed ||
         error.code == ErrorCode::kTooLarge || error.code == ErrorCode::kInvalid;
}

}  // namespace

Result<Upload> Uploads::create(const NewUpload& given) {
  if (given.length_bytes == 0) return invalid("Upload-Length", "must be at least 1");
  if (given.length_bytes > options_.max_bytes) {
    return Error{
        ErrorCode::kTooLarge, fit::format("is more than {} bytes", options_.max_bytes), "Upload-Length", {}};
  }
  Upload upload{.id = new_id(),
                .owner = given.owner,
                .length_bytes = given.length_bytes,
                .offset_bytes = 0,
                .name = given.name,
                .metadata = given.metadata,
                .sent_metadata = given.sent_metadata,
                .asset = {},
                .expires_at = now() + options_.lifetime};
  FIT_CHECK(UploadFile::make(path_of(upload.id)));
  const std::string json = dump_json(metadata_json(given.metadata));
  auto written = database_.write(Ordering::kUnordered, [&](SqlConnection& connection) -> Result<void> {
    FIT_TRY(const auto count,
            connection.query_integer("SELECT count(*) FROM uploads WHERE owner = $1 AND asset_id IS NULL",
                                     {std::string_view(given.owner)}));
    if (count.value_or(0) >= kMaxOfOwner) {
      return Error{ErrorCode::kTooManyRequests,
                   fit::format("{} uploads are unfinished; finish or terminate some", kMaxOfOwner),
                   {},
                   {}};
    }
    FIT_CHECK(connection.execute(
        "INSERT INTO uploads (id, owner, length_bytes, offset_bytes, name, metadata, sent_metadata, "
        "expires_at) "
        "VALUES ($1, $2, $3, 0, $4, $5, $6, $7)",
        {std::string_view(upload.id), std::string_view(given.owner),
         static_cast<std::int64_t>(given.length_bytes), std::string_view(given.name), std::string_view(json),
         std::string_view(given.sent_metadata), ticks(upload.expires_at)}));
    return {};
  });
  if (written) return upload;
  std::error_code ignored;
  std::filesystem::remove(path_of(upload.id), ignored);
  return written.error();
}

Result<Upload> Uploads::read(const std::string& owner, const std::string& id) {
  if (!is_id(id)) return no_such_upload();
  return database_.read([&](SqlConnection& connection) -> Result<Upload> {
    Result<Upload> found = no_such_upload();
    FIT_CHECK(connection.query(
        "SELECT id, owner, length_bytes, offset_bytes, name, metadata, asset_id, job_id, expires_at, "
        "sent_metadata FROM uploads WHERE id = $1 AND owner = $2",
        {std::string_view(id), std::string_view(owner)},
        [&found](const SqlRow& row) { found = upload_of(row); }));
    return found;
  });
}

Result<Upload> Uploads::get(const std::string& owner, const std::string& id) {
  FIT_TRY(Upload upload, read(owner, id));
  if (upload.expires_at <= now()) return no_such_upload();
  return upload;
}

Result<Upload> Uploads::append(const std::string& owner, const std::string& id, std::uint64_t offset,
                               ByteView data) {
  const auto check = [offset](const Upload& upload) -> Result<void> {
    if (offset == upload.offset_bytes && !upload.is_complete()) return {};
    return Error{
        ErrorCode::kConflict,
        upload.is_complete() ? "the upload is complete" : fit::format("must be {}", upload.offset_bytes),
        "Upload-Offset",
        {}};
  };
  FIT_TRY(Upload upload, get(owner, id));
  FIT_CHECK(check(upload));
  auto file = UploadFile::open(path_of(id));
  if (!file && file.error().code == ErrorCode::kNotFound) return no_such_upload();
  if (!file) return file.error();
  FIT_TRY(upload, get(owner, id));  // as it is under the lock
  FIT_CHECK(check(upload));
  if (data.size() > upload.length_bytes - offset) {
    return Error{ErrorCode::kTooLarge, "is longer than the rest of the upload", "body", {}};
  }
  FIT_CHECK(file->write(offset, data));
  upload.offset_bytes += data.size();
  upload.expires_at = now() + options_.lifetime;
  FIT_CHECK(write(
      "UPDATE uploads SET offset_bytes = $1, expires_at = $2 WHERE id = $3",
      {static_cast<std::int64_t>(upload.offset_bytes), ticks(upload.expires_at), std::string_view(id)}));
  return upload;
}

Result<AddedAsset> Uploads::complete(const std::string& owner, const std::string& id, const Accept& accept) {
  FIT_TRY(Upload upload, get(owner, id));
  if (upload.asset) return *upload.asset;
  auto file = UploadFile::open(path_of(id));
  if (!file && file.error().code != ErrorCode::kNotFound) return file.error();
  FIT_TRY(upload, get(owner, id));  // as it is under the lock
  if (upload.asset) return *upload.asset;
  if (!file) return no_such_upload();
  if (!upload.is_complete()) {
    return Error{ErrorCode::kConflict, "the upload is not complete", "upload", {}};
  }
  FIT_TRY(const ByteView content, file->map(upload.length_bytes));
  const auto added = accept(upload, content);
  if (!added) {
    if (is_of_file(added.error())) FIT_CHECK(remove_row(id));
    return added.error();
  }
  FIT_CHECK(write("UPDATE uploads SET asset_id = $1, job_id = $2 WHERE id = $3",
                  {added->id.value, added->job, std::string_view(id)}));
  std::error_code ignored;
  std::filesystem::remove(path_of(id), ignored);
  return *added;
}

Result<void> Uploads::write(std::string_view sql, std::initializer_list<SqlValue> values) {
  return database_.write(Ordering::kUnordered, [&](SqlConnection& connection) -> Result<void> {
    FIT_CHECK(connection.execute(sql, values));
    return {};
  });
}

Result<void> Uploads::remove_row(const std::string& id) {
  FIT_CHECK(write("DELETE FROM uploads WHERE id = $1", {std::string_view(id)}));
  std::error_code ignored;
  std::filesystem::remove(path_of(id), ignored);
  return {};
}

Result<void> Uploads::remove(const std::string& owner, const std::string& id) {
  FIT_CHECK(get(owner, id));
  return remove_row(id);
}

Result<std::int64_t> Uploads::prune(Timestamp time) {
  std::vector<std::string> expired;
  FIT_CHECK(database_.read([&](SqlConnection& connection) {
    expired.clear();
    return connection.query("SELECT id FROM uploads WHERE expires_at <= $1", {ticks(time)},
                            [&expired](const SqlRow& row) { expired.emplace_back(row.text(0)); });
  }));
  for (const std::string& id : expired) FIT_CHECK(remove_row(id));
  // Files whose creation ended before their row was written.
  std::error_code error;
  const auto before = std::filesystem::file_time_type::clock::now() - 2 * options_.lifetime;
  for (std::filesystem::directory_iterator file(options_.folder, error), end; !error && file != end;
       file.increment(error)) {
    std::error_code ignored;
    if (is_id(file->path().filename().string()) && file->last_write_time(ignored) < before && !ignored) {
      std::filesystem::remove(file->path(), ignored);
    }
  }
  return std::ssize(expired);
}

}  // namespace fit::ingest
