#include "base/format.h"
#include "base/text.h"
#include "catalog/text_rules.h"
#include "ingest/import/cell_values.h"
#include "ingest/import/file_titles.h"
#include "ingest/import/folder_walker.h"
#include "ingest/import/row_source.h"

namespace fit::ingest {
namespace {

std::string title_of(const std::string& stem, const std::string& category) {
  std::string title = file_title(stem);
  if (title.empty()) title = category.empty() ? stem : category;
  if (title[0] >= 'a' && title[0] <= 'z') title[0] = static_cast<char>(title[0] & ~0x20);
  return title;
}

// The remark on skipped files, such as "left out: 2 .txt, 1 .mov; 1 folder of other programs".
std::vector<std::string> skipped_remarks(const FolderWalker& walker) {
  std::vector<std::string> remarks;
  std::string files;
  for (const auto& [ending, count] : walker.skipped_files()) {
    files += (files.empty() ? "" : ", ") +
             fit::format("{} {}", with_thousands(count), ending.empty() ? "without an ending" : ending);
  }
  if (!files.empty()) remarks.push_back("files of other types were left out: " + files);
  if (walker.skipped_folders() > 0) {
    remarks.push_back(fit::format("folders of other programs, such as @eaDir, were left out: {}",
                                  walker.skipped_folders()));
  }
  return remarks;
}

class FolderSource : public RowSource {
 public:
  FolderSource(FolderWalker walker, SourceContext context, std::int64_t total,
               std::vector<std::string> remarks)
      : walker_(std::move(walker)),
        context_(std::move(context)),
        total_(total),
        remarks_(std::move(remarks)) {}

  Result<std::optional<ImportRow>> next() override {
    std::optional<FolderWalker::Found> found = walker_.next();
    if (!found) return std::nullopt;
    ImportRow row;
    row.line = ++number_;
    const std::filesystem::path relative = found->path.lexically_relative(context_.folder);
    row.text = relative.generic_string();
    if (found->problem.empty()) {
      row.item = read_item(found->path, relative, row.warnings);
    } else {
      row.item = invalid(row.text, found->problem);
    }
    return row;
  }

  std::int64_t total_rows() const override { return total_; }
  std::string read_as() const override { return "a folder of photos"; }
  std::vector<std::string> remarks() const override { return remarks_; }

 private:
  Result<catalog::ItemInput> read_item(const std::filesystem::path& path,
                                       const std::filesystem::path& relative, Warnings& warnings) const {
    catalog::ItemInput item;
    item.listing.source = context_.source;
    FIT_CHECK(catalog::set_text(item.listing, "external_id", relative.generic_string()));
    std::string category;
    if (relative.has_parent_path()) category = relative.parent_path().filename().string();
    set_listing_text(item.listing, "category", category, warnings);
    set_listing_text(item.listing, "title", title_of(path.stem().string(), category), warnings);
    item.images.push_back({path.string(), {}});
    return item;
  }

  FolderWalker walker_;
  SourceContext context_;
  std::int64_t total_;
  std::int64_t number_ = 0;
  std::vector<std::string> remarks_;
};

}  // namespace

Result<std::unique_ptr<RowSource>> open_folder(const std::filesystem::path& path,
                                               const SourceContext& context) {
  FIT_TRY(FolderWalker counter, FolderWalker::open(path));
  std::int64_t total = 0;
  while (counter.next() && !context.stop.stop_requested()) ++total;
  FIT_TRY(FolderWalker walker, FolderWalker::open(path));
  return std::make_unique<FolderSource>(std::move(walker), context, total, skipped_remarks(counter));
}

}  // namespace fit::ingest
