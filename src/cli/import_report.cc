#include "cli/import_report.h"

#include <iostream>

#include "base/clock.h"
#include "base/format.h"
#include "base/text.h"

namespace fit::cli {
namespace {

constexpr std::size_t kShown = 5;

void print_reading(const ingest::ImportReport& report) {
  std::cout << "read as " << report.read_as << "\n";
  for (const std::string& remark : report.remarks) std::cout << "  " << remark << "\n";
}

void print_rejects(const ingest::ImportReport& report) {
  for (std::size_t i = 0; i < std::min(kShown, report.rejects.size()); ++i) {
    const ingest::Reject& reject = report.rejects[i];
    std::cout << fit::format("  line {}: {}{}{}\n", reject.line, reject.field,
                             reject.field.empty() ? "" : " ", reject.reason);
  }
}

void print_warnings(const ingest::ImportReport& report) {
  if (report.warnings == 0) return;
  std::cout << fit::format("{} warnings\n", with_thousands(report.warnings));
  for (std::size_t i = 0; i < std::min(kShown, report.warned.size()); ++i) {
    const ingest::RowWarning& warning = report.warned[i];
    std::cout << fit::format("  line {}: {}{}{}: {}\n", warning.line, warning.field,
                             warning.field.empty() ? "" : " ", warning.reason,
                             utf8_prefix(warning.value, 60));
  }
}

void print_field(std::string_view name, std::string_view value) {
  if (value.empty()) return;
  constexpr std::size_t kMost = 200;
  const std::string_view shown = utf8_prefix(value, kMost);
  std::string line(shown);
  for (char& c : line) {
    if (c == '\n') c = ' ';
  }
  std::cout << fit::format("  {}: {}{}\n", name, line, shown.size() < value.size() ? "..." : "");
}

void print_item(const ingest::PreviewItem& item) {
  const domain::Listing& listing = item.listing;
  std::cout << listing.source << " / " << listing.external_id << "\n";
  print_field("title", listing.title);
  print_field("description", listing.description);
  print_field("brand", listing.brand);
  if (listing.price) print_field("price", fit::format("{:.2f} {}", *listing.price, listing.currency));
  print_field("size", listing.size);
  print_field("url", listing.url);
  print_field("status", listing.status);
  if (listing.listed_at) print_field("listed_at", to_rfc3339(*listing.listed_at));
  for (std::size_t i = 0; i < listing.properties.size(); ++i) {
    const bool is_read = item.origins[i].origin == domain::Origin::kText;
    if (!listing.properties[i].empty())
      print_field(domain::kProperties[i], listing.properties[i] + (is_read ? " (from the text)" : ""));
  }
  for (const std::string& image : item.images) print_field("image", image);
}

}  // namespace

void print_import_report(const ingest::ImportReport& report, const std::filesystem::path& rejects_path) {
  print_reading(report);
  std::cout << fit::format("{} items: {} new, {} updated, {} unchanged, {} rejected in {:.1f} s\n",
                           with_thousands(report.stored()), with_thousands(report.created),
                           with_thousands(report.updated), with_thousands(report.unchanged),
                           with_thousands(report.rejected), report.seconds);
  print_rejects(report);
  print_warnings(report);
  if (report.rejected + report.warnings > 0)
    std::cout << "  all rejects and warnings: " << rejects_path.string() << "\n";
  if (report.kept > 0) {
    std::cout << fit::format(
        "{} items kept what was changed in the catalogue since (--overwrite replaces it)\n",
        with_thousands(report.kept));
  }
  if (report.hidden > 0) {
    std::cout << fit::format("{} items that the file no longer has are hidden now\n",
                             with_thousands(report.hidden));
  }
}

void print_preview(const ingest::Preview& preview) {
  const ingest::ImportReport& report = preview.report;
  print_reading(report);
  for (const ingest::PreviewItem& item : preview.items) print_item(item);
  std::cout << fit::format("{} items would be stored, {} rows rejected; images were not looked at\n",
                           with_thousands(report.created), with_thousands(report.rejected));
  print_rejects(report);
  print_warnings(report);
}

}  // namespace fit::cli
