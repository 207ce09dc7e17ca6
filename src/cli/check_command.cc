#include <iostream>

#include "base/format.h"
#include "base/json.h"
#include "base/progress_bar.h"
#include "base/text.h"
#include "catalog/image_check.h"
#include "cli/commands.h"
#include "store/integrity.h"

namespace fit::cli {
namespace {

struct CheckArgs {
  bool quick = false;
  bool json = false;
};

void declare(Arguments& arguments, CheckArgs& args) {
  arguments.flag("--quick", args.quick, "Do not compare the entries of indexes with their tables");
  arguments.flag("--json", args.json, "Print JSON");
}

struct Findings {
  std::vector<store::Damage> database;
  std::optional<catalog::ImageCheckReport> images;  // nullopt: the catalogue cannot be read

  std::size_t count() const { return database.size() + (images ? images->damaged.size() : 0); }
};

void print_json(const Findings& findings) {
  Json database = Json::array();
  for (const store::Damage& one : findings.database)
    database.push_back({{"part", one.part}, {"what", one.what}});
  Json images = nullptr;
  if (findings.images) {
    Json damaged = Json::array();
    for (const catalog::DamagedImage& one : findings.images->damaged) {
      damaged.push_back({{"image", one.image.str()},
                         {"item", one.item.str()},
                         {"file", one.file},
                         {"state", one.is_lost ? "lost" : "damaged"}});
    }
    images = {{"checked", findings.images->checked}, {"damaged", std::move(damaged)}};
  }
  std::cout << dump_json({{"database", std::move(database)}, {"images", std::move(images)}}, 2) << "\n";
}

void print_text(const Findings& findings) {
  for (const store::Damage& one : findings.database) {
    std::cout << fit::format("damaged: {}: {}\n", one.part, one.what);
  }
  if (findings.database.empty()) std::cout << "database: no damage found\n";
  if (!findings.images) {
    std::cout << "images: not checked, the catalogue cannot be read\n";
    return;
  }
  for (const catalog::DamagedImage& one : findings.images->damaged) {
    std::cout << fit::format("{}: images/{} (image {} of item {})\n", one.is_lost ? "lost" : "damaged",
                             one.file, one.image.str(), one.item.str());
  }
  std::cout << fit::format("images: {} checked, {} lost or damaged\n",
                           with_thousands(findings.images->checked),
                           with_thousands(std::ssize(findings.images->damaged)));
}

Result<void> check(const CheckArgs& args, const Context& context, Findings& findings) {
  const Config& config = context.config();
  {
    ProgressBar bar("check", "tables");
    FIT_CHECK(store::check_database(
        config.database.url, {.thorough = !args.quick},
        [&bar](std::int64_t done, std::int64_t total) { bar.update(done, total); }, context.stop,
        findings.database));
    bar.finish();
  }
  const auto opened = store::open_catalogue(config.database.url);
  if (!opened) {
    if (findings.database.empty()) return opened.error();
    return {};
  }
  FIT_TRY(const catalog::ImageFiles files, context.image_files());
  ProgressBar bar("check", "images");
  catalog::ImageCheckReport& report = findings.images.emplace();
  auto checked = catalog::check_images(
      **opened, files, [&bar](std::int64_t done, std::int64_t total) { bar.update(done, total); },
      context.stop, report);
  bar.finish();
  const bool is_known_damage =
      !checked && checked.error().code == ErrorCode::kDamaged && findings.count() > 0;
  if (!is_known_damage) return checked;
  findings.images.reset();
  return {};
}

Result<void> run(const CheckArgs& args, const Context& context) {
  Findings findings;
  FIT_CHECK(check(args, context, findings));
  if (args.json) {
    print_json(findings);
  } else {
    print_text(findings);
  }
  if (findings.count() == 0) return {};
  return Error{ErrorCode::kDamaged,
               "stored data are damaged: restore a backup, or send the named images again",
               {},
               {}};
}

}  // namespace

void add_check(CommandSet& commands) {
  commands.add<CheckArgs>({.name = "check",
                           .help = "Read the database and the stored images, and name what is damaged",
                           .on_signal = OnSignal::kStop},
                          declare, run);
}

}  // namespace fit::cli
