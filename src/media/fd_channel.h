#pragma once

#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/fd.h"

namespace fit::media {

// The two ends of a SOCK_SEQPACKET socket, which preserves message boundaries. Both are empty on failure, and
// errno is set.
std::pair<Fd, Fd> make_channel();

// Sends one message with up to two descriptors. Returns false on failure, and errno is set.
bool send_message(int socket, ByteView message, std::span<const int> fds);

// Waits for one message of exactly message.size() bytes and its descriptors. Returns nullopt when the other
// end is closed, on failure, and for a message of another size.
std::optional<std::vector<Fd>> receive_message(int socket, std::span<std::byte> message);

// An anonymous memory file (memfd) with this content; empty on failure, and errno is set.
Fd make_memory_file(ByteView content);

// Writes the content at the end of what was written before. False on failure, and errno is set.
bool append_to_memory_file(const Fd& memory, ByteView content);

}  // namespace fit::media
