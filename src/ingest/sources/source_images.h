#pragma once

#include <map>
#include <mutex>
#include <string>

#include "catalog/image_memory.h"
#include "ingest/sources/source_record.h"
#include "sql/database.h"

namespace fit::ingest {

// What the servers of a source's images have said of them (table source_images). Notes are kept in memory
// until store().
class SourceImages final : public catalog::ImageMemory {
 public:
  SourceImages(sql::Database& database, SourceId source) : database_(database), source_(source) {}

  Result<net::HttpValidators> find(const std::string& url, const std::string& sha256) override;
  // Validators that a header cannot have, or of more than 500 bytes, are left out.
  void note(const std::string& url, const std::string& sha256,
            const net::HttpValidators& validators) override;

  // Stores the notes, unless the source is gone. The errors of the database. Not beside note().
  Result<void> store();

 private:
  struct Note {
    std::string url;
    std::string sha256;
    net::HttpValidators validators;
  };

  sql::Database& database_;
  const SourceId source_;
  std::mutex mutex_;
  std::map<std::int64_t, Note> notes_;  // by url_number()
};

// Removes the notes on URLs that no image of the source's items has any more.
Result<void> prune_source_images(sql::SqlConnection& connection, const SourceRecord& source);

}  // namespace fit::ingest
