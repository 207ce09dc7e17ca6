#include <cmath>

#include "catalog/catalog.h"
#include "http/api.h"
#include "http/scratch_file.h"
#include "ingest/import/importer.h"

namespace fit::http {
namespace {

Result<ingest::ImportFormat> format_of(const Request& request) {
  const std::string type = media_type(request.headers.get("content-type"));
  if (type == "text/csv") return ingest::ImportFormat::kCsv;
  if (type == "application/x-ndjson" || type == "application/jsonl") return ingest::ImportFormat::kNdjson;
  return Error{ErrorCode::kUnsupportedMedia, "must be text/csv or application/x-ndjson", "Content-Type", {}};
}

Json report_json(const ingest::ImportReport& report, bool is_stopped) {
  Json rejects = Json::array();
  for (const ingest::Reject& reject : report.rejects) {
    rejects.push_back({{"line", reject.line}, {"field", reject.field}, {"reason", reject.reason}});
  }
  return {{"created", report.created},
          {"updated", report.updated},
          {"unchanged", report.unchanged},
          {"rejected", report.rejected},
          {"stopped", is_stopped},
          {"rejects", std::move(rejects)},
          {"took_ms", std::round(report.seconds * 1e6) / 1e3}};
}

Result<Response> import_items(const ImportRouteDeps& deps, const Request& request,
                              const TenantSnapshot& tenant) {
  FIT_TRY(const ingest::ImportFormat format, format_of(request));
  if (request.body.empty()) return malformed("body", "is empty");
  ingest::ImportOptions options;
  options.format = format;
  options.threads = deps.threads;
  options.source = query_parameter(request.query, "source").value_or("import");
  std::optional<ScratchFile> file;  // of a body in memory
  if (request.body_file.empty()) {
    FIT_TRY(ScratchFile written, ScratchFile::write(deps.scratch_path, as_bytes(request.body)));
    file.emplace(std::move(written));
  }
  ingest::Importer importer(tenant.catalog.writer());
  ingest::ImportReport report;
  const auto imported = importer.run(file ? file->path() : request.body_file, options, {}, request.stop, report);
  const bool is_stopped = !imported && imported.error().code == ErrorCode::kCancelled;
  if (!imported && !is_stopped) return imported.error();
  return json_response(report_json(report, is_stopped));
}

}  // namespace

void add_import_route(Router& router, ImportRouteDeps deps) {
  const std::size_t max_body = deps.max_body_bytes;
  router.add({.method = Method::kPost,
              .pattern = "/api/v1/items/import",
              .run_on = RunOn::kImport,
              .max_body_bytes = max_body},
             [deps = std::move(deps)](const Request& request, const TenantSnapshot& tenant) {
               return import_items(deps, request, tenant);
             });
}

}  // namespace fit::http
