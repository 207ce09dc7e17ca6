// The process that import_crash_test kills. It writes to a catalogue and prints acknowledged work to standard
// output as 8-byte numbers.
//   catalog_crash_child import DATA PHOTOS   imports; prints the number of rows finished so far
//   catalog_crash_child put DATA FIRST       puts items FIRST, FIRST + 1, ... until it is killed; prints each
#include <unistd.h>

#include <cstdlib>

#include "ingest/import/test_import.h"

namespace {

using fit::catalog::testing::Bench;

void tell(std::int64_t number) {
  if (::write(STDOUT_FILENO, &number, sizeof number) != sizeof number) ::_exit(1);
}

int import(Bench& bench, const std::filesystem::path& photos) {
  fit::ingest::ImportOptions options;
  options.format = fit::ingest::ImportFormat::kFolder;
  fit::ingest::ImportReport report;
  const auto imported =
      fit::ingest::Importer(bench.catalog->writer())
          .run(photos, options, [](std::int64_t done, std::int64_t) { tell(done); }, {}, report);
  return imported ? 0 : 2;
}

int put(Bench& bench, std::int64_t first) {
  for (std::int64_t i = first;; ++i) {
    fit::catalog::ItemInput item;
    item.listing.source = "shop";
    item.listing.external_id = std::to_string(i);
    item.images.push_back({{}, fit::catalog::testing::jpeg(static_cast<std::uint64_t>(i), 60, 60)});
    if (!bench.catalog->put(item)) return 2;
    tell(i);
  }
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 4) return 2;
  Bench bench({.folder = arguments[2]});
  return std::string_view(arguments[1]) == "import" ? import(bench, arguments[3])
                                                    : put(bench, std::atoll(arguments[3]));
}
