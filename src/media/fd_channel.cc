#include "media/fd_channel.h"

#include <sys/mman.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>

#include "base/files.h"

namespace fit::media {
namespace {

constexpr std::size_t kMaxFds = 2;

template <class Call>
auto retry(Call call) {
  decltype(call()) result;
  do {
    result = call();
  } while (result < 0 && errno == EINTR);
  return result;
}

}  // namespace

std::pair<Fd, Fd> make_channel() {
  int ends[2] = {-1, -1};
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) return {};
  return {Fd(ends[0]), Fd(ends[1])};
}

bool send_message(int socket, ByteView message, std::span<const int> fds) {
  iovec part{const_cast<std::byte*>(message.data()), message.size()};
  msghdr header{};
  header.msg_iov = &part;
  header.msg_iovlen = 1;
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int) * kMaxFds)> control{};
  if (!fds.empty()) {
    header.msg_control = control.data();
    header.msg_controllen = CMSG_SPACE(fds.size_bytes());
    cmsghdr* rights = CMSG_FIRSTHDR(&header);
    rights->cmsg_level = SOL_SOCKET;
    rights->cmsg_type = SCM_RIGHTS;
    rights->cmsg_len = CMSG_LEN(fds.size_bytes());
    std::memcpy(CMSG_DATA(rights), fds.data(), fds.size_bytes());
  }
  return retry([&] { return ::sendmsg(socket, &header, MSG_NOSIGNAL); }) ==
         static_cast<ssize_t>(message.size());
}

std::optional<std::vector<Fd>> receive_message(int socket, std::span<std::byte> message) {
  iovec part{message.data(), message.size()};
  msghdr header{};
  header.msg_iov = &part;
  header.msg_iovlen = 1;
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int) * kMaxFds)> control{};
  header.msg_control = control.data();
  header.msg_controllen = control.size();
  const ssize_t size = retry([&] { return ::recvmsg(socket, &header, MSG_CMSG_CLOEXEC); });
  std::vector<Fd> fds;
  for (cmsghdr* rights = CMSG_FIRSTHDR(&header); size > 0 && rights; rights = CMSG_NXTHDR(&header, rights)) {
    if (rights->cmsg_level != SOL_SOCKET || rights->cmsg_type != SCM_RIGHTS) continue;
    for (std::size_t at = 0; CMSG_LEN(at + sizeof(int)) <= rights->cmsg_len; at += sizeof(int)) {
      int number = -1;
      std::memcpy(&number, CMSG_DATA(rights) + at, sizeof number);
      fds.emplace_back(number);
    }
  }
  if (size != static_cast<ssize_t>(message.size()) || (header.msg_flags & (MSG_TRUNC | MSG_CTRUNC))) {
    return std::nullopt;
  }
  return fds;
}

Fd make_memory_file(ByteView content) {
  Fd memory(::memfd_create("fit-image", MFD_CLOEXEC));
  if (memory && !append_to_memory_file(memory, content)) return {};
  return memory;
}

bool append_to_memory_file(const Fd& memory, ByteView content) {
  return write_all(memory.get(), content, "write to a memory file").has_value();
}

}  // namespace fit::media
