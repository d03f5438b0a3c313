// Messages that a command reads one after another, loaded some at a time: with the help of idle
// threads, since decompressing and checking is most of the work.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "imap/server/mailbox/message.hpp"
#include "store/base/threads.hpp"

namespace mailhold::imap::server {

class MessagesAhead {
  public:
    // The first of `records`; the others are what comes next, and may be loaded with it. Blocking.
    // Where `pool` is null nobody helps.
    Result<Message> take(const store::ArchiveReader& archive, WorkerPool* pool,
                         std::span<const std::optional<store::StoredMessage>> records);

  private:
    // Of what is loaded at once, and in memory until it is taken.
    static constexpr std::size_t most_messages = 64;
    static constexpr std::uint64_t most_octets = 512 << 10;

    struct Loaded {
        MessageNumber number{};
        std::optional<Result<Message>> message{};
    };
    std::vector<Loaded> loaded_;
    std::size_t taken_ = 0;
};

}  // namespace mailhold::imap::server
