#include "cli/commands.h"

namespace fit::cli {

void add_serve(CommandSet& commands) {
  commands.add({.name = "serve", .help = "Serve the HTTP API and the web app", .decodes_images = true},
               [](const Context& context) { return context.serve(); });
}

}  // namespace fit::cli
