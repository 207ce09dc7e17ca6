#include "base/text.h"
#include "catalog/text_rules.h"
#include "ingest/import/folder_walker.h"
#include "ingest/import/row_source.h"

namespace fit::ingest {
namespace {

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || static_cast<unsigned char>(c) >= 0x80;
}
bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// The file's name as words ("red_wool-coat" -> "red wool coat"); empty when it is a number, a digest or a
// camera's file name ("IMG_2041", "3f2a…").
std::string words_of(const std::string& stem) {
  std::string words;
  std::size_t letters = 0;
  std::size_t digits = 0;
  bool only_hex = true;
  for (const char c : stem) {
    words.push_back(c == '_' || c == '-' || c == '.' ? ' ' : c);
    letters += is_letter(c);
    digits += is_digit(c);
    const char lower = static_cast<char>(c | 0x20);
    only_hex = only_hex && (is_digit(c) || c == '-' || (lower >= 'a' && lower <= 'f'));
  }
  const bool is_digest = only_hex && digits > 0 && stem.size() >= 8;
  if (letters < 3 || digits >= letters || is_digest) return {};
  return std::string(trim(words));
}

std::string title_of(const std::string& stem, const std::string& category) {
  std::string title = words_of(stem);
  if (title.empty()) title = category.empty() ? stem : category;
  if (title[0] >= 'a' && title[0] <= 'z') title[0] = static_cast<char>(title[0] & ~0x20);
  return title;
}

class FolderSource : public RowSource {
 public:
  FolderSource(FolderWalker walker, SourceContext context, std::int64_t total)
      : walker_(std::move(walker)), context_(std::move(context)), total_(total) {}

  Result<std::optional<ImportRow>> next() override {
    std::optional<FolderWalker::Found> found = walker_.next();
    if (!found) return std::nullopt;
    ImportRow row;
    row.line = ++number_;
    const std::filesystem::path relative = found->path.lexically_relative(context_.folder);
    row.text = relative.generic_string();
    row.item = found->problem.empty() ? read_item(found->path, relative) : invalid(row.text, found->problem);
    return row;
  }

  std::int64_t total_rows() const override { return total_; }

 private:
  Result<catalog::ItemInput> read_item(const std::filesystem::path& path,
                                       const std::filesystem::path& relative) const {
    catalog::ItemInput item;
    item.listing.source = context_.source;
    FIT_CHECK(catalog::set_text(item.listing, "external_id", relative.generic_string()));
    std::string category;
    if (relative.has_parent_path()) category = relative.parent_path().filename().string();
    FIT_CHECK(catalog::set_text(item.listing, "category", category));
    FIT_CHECK(catalog::set_text(item.listing, "title", title_of(path.stem().string(), category)));
    item.images.push_back({path.string(), {}});
    return item;
  }

  FolderWalker walker_;
  SourceContext context_;
  std::int64_t total_;
  std::int64_t number_ = 0;
};

}  // namespace

Result<std::unique_ptr<RowSource>> open_folder(const std::filesystem::path& path,
                                               const SourceContext& context) {
  FIT_TRY(FolderWalker counter, FolderWalker::open(path));
  std::int64_t total = 0;
  while (counter.next() && !context.stop.stop_requested()) ++total;
  FIT_TRY(FolderWalker walker, FolderWalker::open(path));
  return std::make_unique<FolderSource>(std::move(walker), context, total);
}

}  // namespace fit::ingest
