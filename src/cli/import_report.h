#pragma once

#include <filesystem>

#include "ingest/import/preview.h"

namespace fit::cli {

// Print the result of an import, or of a preview, to standard output.
void print_import_report(const ingest::ImportReport& report, const std::filesystem::path& rejects_path);
void print_preview(const ingest::Preview& preview);

}  // namespace fit::cli
