#include "imap/server/mailbox/messages_ahead.hpp"

#include <utility>

#include "store/base/shares.hpp"

namespace mailhold::imap::server {

Result<Message> MessagesAhead::take(const store::ArchiveReader& archive, WorkerPool* pool,
                                    std::span<const std::optional<store::StoredMessage>> records) {
    const auto wanted = records.front()->number;
    while (taken_ < loaded_.size()) {
        auto& next = loaded_[taken_++];
        if (next.number == wanted) return std::move(*next.message);
    }
    std::vector<Loaded> loading;
    std::uint64_t octets = 0;
    for (const auto& record : records) {
        if (!record) break;
        octets += record->size;
        const bool full = loading.size() == most_messages || octets > most_octets;
        if (full && !loading.empty()) break;
        loading.push_back({record->number});
    }
    const Shares::Job load = [&](std::size_t i) {
        loading[i].message = Message::load(archive, *records[i]);
    };
    if (pool != nullptr) {
        in_shares(*pool, loading.size(), load);
    } else {
        for (std::size_t i = 0; i < loading.size(); ++i) load(i);
    }
    loaded_ = std::move(loading);
    taken_ = 1;
    return std::move(*loaded_.front().message);
}

}  // namespace mailhold::imap::server
