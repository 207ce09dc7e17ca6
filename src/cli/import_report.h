#pragma once

#include <filesystem>

#include "ingest/import/preview.h"

namespace fit::cli {

// Print what an import did, or would do, on the standard output.
void print_import_report(const ingest::ImportReport& report, const std::filesystem::path& rejects_path);
void print_preview(const ingest::Preview& preview);

}  // namespace fit::cli
