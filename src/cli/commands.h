#pragma once

#include <array>

#include "cli/command_set.h"

namespace fit::cli {

using AddCommand = void(CommandSet& commands);

// Each function is defined in the file of its command.
AddCommand add_assets, add_backup, add_check, add_config, add_copy, add_embed, add_eval, add_import,
    add_index, add_key, add_migrate, add_model, add_properties, add_sample, add_search, add_serve, add_space,
    add_tune, add_user;

// The commands of `fit`, in the order of its help.
inline constexpr std::array<AddCommand*, 19> kCommands = {
    add_serve, add_import,     add_sample, add_search, add_index, add_model, add_eval,
    add_tune,  add_properties, add_embed,  add_backup, add_check, add_copy,  add_migrate,
    add_space, add_key,        add_user,   add_assets, add_config};

}  // namespace fit::cli
