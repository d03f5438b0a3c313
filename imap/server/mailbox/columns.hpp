// What SORT, THREAD, SAVEDATE and the ids need of a message beyond its entry: read once from the
// catalog's summaries (where there is none yet, from the header), then kept in memory up to a limit
// for all sessions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "indexer/mime/links.hpp"
#include "store/archive.hpp"

namespace mailhold::imap::server {

// Ready to be compared: folded (RFC 5051), octet by octet.
struct OrderFacts {
    std::optional<UtcSeconds> sent;  // nullopt: the internal date counts
    std::string subject;             // base subject
    bool reply_or_forward = false;
    std::string from, to, cc;              // addr-mailbox of the first address (RFC 5256 3)
    std::string display_from, display_to;  // RFC 5957 3
};

using indexer::mime::IdHash;
using indexer::mime::Links;

// Thread-safe. The archive must outlive it. Blocking where something is not in memory.
class Columns {
  public:
    static constexpr std::size_t limit = 64 << 20;  // octets of memory, about; then it starts anew

    explicit Columns(const store::ArchiveReader& archive) : archive_(archive) {}

    // In the order of `messages`; nothing is null.
    template <class Facts>
    using Column = std::vector<std::shared_ptr<const Facts>>;
    Result<Column<OrderFacts>> order(std::span<const MessageNumber> messages);
    Result<Column<Links>> links(std::span<const MessageNumber> messages);
    Result<std::vector<UtcMicros>> archived_at(std::span<const MessageNumber> messages);

  private:
    template <class Facts>
    struct Kept {
        std::unordered_map<MessageNumber, std::shared_ptr<const Facts>> facts;
        std::size_t octets = 0;
    };
    template <class Facts, class Make>
    Result<Column<Facts>> column(Kept<Facts>& kept, std::span<const MessageNumber> messages,
                                 Make&& make);
    Result<Column<OrderFacts>> read_order(std::span<const MessageNumber> messages) const;
    Result<Column<Links>> read_links(std::span<const MessageNumber> messages) const;

    const store::ArchiveReader& archive_;
    std::mutex mutex_;  // of what follows; headers are read without it
    Kept<OrderFacts> order_;
    Kept<Links> links_;
    std::vector<UtcMicros> archived_at_;  // by message number, without gaps from 1
};

}  // namespace mailhold::imap::server
