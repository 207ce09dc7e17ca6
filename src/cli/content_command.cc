#include <iostream>

#include "accounts/accounts.h"
#include "base/files.h"
#include "base/format.h"
#include "base/json.h"
#include "base/progress_bar.h"
#include "base/text.h"
#include "catalog/image_processor.h"
#include "cli/commands.h"
#include "cli/content_check.h"
#include "cli/table.h"

namespace fit::cli {
namespace {

struct BlockArgs {
  std::filesystem::path photo;
  std::string note;
  bool json = false;
};

struct BlockedArgs {
  bool json = false;
};

struct UnblockArgs {
  std::string id;
};

struct PhotoCheckArgs {
  std::filesystem::path path;
  std::size_t threads = 1;
  bool all = false;
  bool json = false;
};

void declare(Arguments& arguments, BlockArgs& args) {
  arguments.positional("PHOTO", args.photo, "The image to block");
  arguments.option("--note", args.note, "Why it is blocked, for people");
  arguments.flag("--json", args.json, "Print JSON");
}

void declare(Arguments& arguments, BlockedArgs& args) {
  arguments.flag("--json", args.json, "Print JSON");
}

void declare(Arguments& arguments, UnblockArgs& args) {
  arguments.positional("ID", args.id, "The id of the entry, from fit content list");
}

void declare(Arguments& arguments, PhotoCheckArgs& args) {
  arguments.positional("PATH", args.path, "An image, or a folder of images");
  arguments.number("--threads", args.threads, 1, 256, "Images that are checked at a time");
  arguments.flag("--all", args.all, "Show every image, not only the objectionable ones");
  arguments.flag("--json", args.json, "Print JSON");
}

Json to_json(const store::BlockedImage& image) {
  return {{"id", std::to_string(image.id)},
          {"perceptual_hash", fit::format("{:016x}", image.perceptual_hash)},
          {"note", image.note},
          {"created_by", image.created_by},
          {"created_at", to_rfc3339(image.created_at)}};
}

Result<void> record(store::Catalogue& store, std::string_view action, const store::BlockedImage& image) {
  accounts::Accounts accounts(store.database());
  const accounts::AuditEntry entry{.at = now(),
                                   .principal = std::string(kCreatedBy),
                                   .address = {},
                                   .action = std::string(action),
                                   .target = "blocked:" + std::to_string(image.id),
                                   .outcome = "done",
                                   .detail = dump_json(Json{{"note", image.note}})};
  return accounts.audit().append({&entry, 1});
}

Result<void> block(const BlockArgs& args, const Context& context) {
  FIT_TRY(const Bytes file, read_file(args.photo, context.image_limits.max_bytes));
  store::BlockedImage entry{.note = args.note, .created_by = std::string(kCreatedBy)};
  FIT_TRY(entry.perceptual_hash, catalog::perceptual_hash("PHOTO", file, context.image_limits,
                                                          context.config().media.thumbnail_side));
  FIT_TRY(const auto store, store::open_catalogue(context.config().database.url));
  FIT_TRY(const store::BlockedImage added, store->blocked_images().add(entry));
  if (args.json) {
    std::cout << dump_json(to_json(added), 2) << "\n";
  } else {
    std::cout << fit::format("entry {} blocks images like {}\n", added.id, args.photo.string());
  }
  return record(*store, "content.blocked", added);
}

Result<void> list(const BlockedArgs& args, const Context& context) {
  FIT_TRY(const auto store, store::open_catalogue(context.config().database.url));
  FIT_TRY(const auto blocked, store->blocked_images().list());
  if (args.json) {
    Json entries = Json::array();
    for (const store::BlockedImage& image : blocked) entries.push_back(to_json(image));
    std::cout << dump_json({{"blocked", std::move(entries)}}, 2) << "\n";
    return {};
  }
  Table table({"ID", "HASH", "CREATED", "BY", "NOTE"});
  for (const store::BlockedImage& image : blocked) {
    table.add({std::to_string(image.id), fit::format("{:016x}", image.perceptual_hash),
               to_rfc3339(image.created_at).substr(0, 19) + "Z", image.created_by, image.note});
  }
  std::cout << table.str();
  return {};
}

Result<void> unblock(const UnblockArgs& args, const Context& context) {
  FIT_TRY(const std::int64_t id, parse_id("ID", args.id));
  FIT_TRY(const auto store, store::open_catalogue(context.config().database.url));
  FIT_TRY(const store::BlockedImage removed, store->blocked_images().remove(id));
  std::cout << fit::format("entry {} is removed\n", removed.id);
  return record(*store, "content.blocked.delete", removed);
}

void print_check(const ContentCheck& check, const PhotoCheckArgs& args) {
  if (args.json) {
    std::cout << dump_json(to_json(check, args.all), 2) << "\n";
    return;
  }
  Table images({"REASON", "SCORES", "IMAGE"});
  for (const CheckedImage& image : check.images) {
    if (args.all || !image.problem.empty() || !image.reason.empty()) {
      images.add({image.problem.empty() ? image.reason : image.problem, image.scores, image.path.string()});
    }
  }
  Table classes({"CLASS", "THRESHOLD", "IMAGES ABOVE IT", "HIGHEST SCORE"});
  for (const CheckedClass& one : check.classes) {
    classes.add({one.name, one.threshold ? fit::format("{:g}", *one.threshold) : "",
                 one.threshold ? with_thousands(one.above) : "", fit::format("{:.4f}", one.highest)});
  }
  std::cout << images.str() << "\n"
            << classes.str()
            << fit::format("\n{} images, {} objectionable, {} unreadable; {:.2f} ms for the model an image\n",
                           with_thousands(check.readable()), with_thousands(check.objectionable()),
                           with_thousands(static_cast<std::int64_t>(check.images.size()) - check.readable()),
                           check.mean_model_ms);
}

Result<void> check(const PhotoCheckArgs& args, const Context& context) {
  const Config& config = context.config();
  FIT_TRY(const auto classifier,
          embed::open_content_classifier(config.content.model, config.models_folder()));
  ContentCheckOptions options{.limits = context.image_limits,
                              .thumbnail_side = config.media.thumbnail_side,
                              .threads = args.threads,
                              .stop = context.stop};
  FIT_TRY(options.thresholds, catalog::parse_thresholds("CONTENT_FILTER_THRESHOLDS",
                                                        config.content.thresholds, classifier->classes()));
  ProgressBar bar("check", "photos");
  FIT_TRY(const ContentCheck checked, check_content(*classifier, args.path, options, bar.progress()));
  bar.finish();
  print_check(checked, args);
  return {};
}

}  // namespace

void add_content(CommandSet& commands) {
  const CommandGroup group = {"content", "Check images, and block images, for the content filter"};
  commands.add<BlockArgs>({.group = group,
                           .name = "block",
                           .help = "Block an image and copies of it; images that are stored already stay",
                           .decodes_images = true},
                          declare, block);
  commands.add<BlockedArgs>({.group = group, .name = "list", .help = "List the block list"}, declare, list);
  commands.add<UnblockArgs>({.group = group, .name = "unblock", .help = "Remove an entry of the block list"},
                            declare, unblock);
  commands.add<PhotoCheckArgs>({.group = group,
                                .name = "check",
                                .help = "Print what the classifier of the content filter says of images",
                                .on_signal = OnSignal::kStop,
                                .decodes_images = true},
                               declare, check);
}

}  // namespace fit::cli
