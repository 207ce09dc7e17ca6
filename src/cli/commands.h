#pragma once

#include <array>

#include "cli/command_set.h"

namespace fit::cli {

using AddCommand = void(CommandSet& commands);

// Each function is defined in the file of its command.
AddCommand add_alerts, add_assets, add_backup, add_bench, add_blobs, add_check, add_clusters, add_config,
    add_content, add_copy, add_detect, add_doctor, add_embed, add_eval, add_evaluate, add_import, add_index,
    add_jobs, add_key, add_labels, add_migrate, add_model, add_properties, add_recommend, add_restore,
    add_sample, add_search, add_serve, add_source, add_space, add_tenant, add_trends, add_tune, add_user,
    add_worker;

// The commands of `fit`, in the order of its help.
inline constexpr std::array<AddCommand*, 35> kCommands = {
    add_serve,  add_worker,     add_jobs,     add_import, add_source,  add_sample,   add_search,
    add_detect, add_recommend,  add_index,    add_model,  add_eval,    add_evaluate, add_tune,
    add_bench,  add_properties, add_embed,    add_backup, add_restore, add_check,    add_doctor,
    add_copy,   add_migrate,    add_space,    add_key,    add_user,    add_tenant,   add_content,
    add_assets, add_labels,     add_clusters, add_trends, add_alerts,  add_blobs,    add_config};
static_assert(kCommands.back() != nullptr);

}  // namespace fit::cli
