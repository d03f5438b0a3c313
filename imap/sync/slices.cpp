// MailboxSync's way with large messages: slices of BODY[] (RFC 9051 6.4.5), one after the other. What is here when the
// line is cut outlives the connection, so that the next one goes on from there.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "imap/sync/mailbox_sync.hpp"
#include "store/base/free_space.hpp"
#include "store/base/log.hpp"

namespace mailhold::imap::sync {
namespace {

using Kind = wire::FetchItem::Kind;

constexpr std::uint64_t offset_most = 0xffffffff;  // RFC 3501 9: a number has 32 bits

wire::Fetch slice_command(Uid uid, std::uint64_t offset) {
    wire::Fetch fetch;
    fetch.kind = wire::NumberKind::uid;
    fetch.numbers = {{number(uid), number(uid)}};
    for (const auto kind :
         {Kind::uid, Kind::flags, Kind::internal_date, Kind::rfc822_size, Kind::section})
        fetch.items.emplace_back().kind = kind;
    auto& body = fetch.items.back();
    body.peek = true;
    body.partial = {static_cast<std::uint32_t>(offset), FetchQueue::slice_size};
    return fetch;
}

}  // namespace

// The message is one and the same as long as its UID, and the length and date the origin gives it, are. Where that does
// not hold, or it ends before that length, nothing of it counts and it is asked for as a whole. Some servers count less
// than they send: its end is a slice shorter than those before it (RFC 9051 6.4.5: an empty one behind the last octet).
net::awaitable<Status> MailboxSync::fetch_slices(Uid uid, Batch& batch) {
    const auto [said_size, date] = comparison_->details_of(uid);
    const auto size = said_size.value_or(0);
    const bool goes_on = begun_ && begun_->generation == generation_ && begun_->uid == uid &&
                         begun_->size == size && begun_->date == date;
    if (!goes_on)
        begun_ = Begun{generation_, uid, size, date, BlobBuilder(place_.archive.spool_folder())};
    if (begun_->octets.size() > 0) {
        log::info("sync.resumed", {{"mailbox", mailbox_},
                                   {"uid", number(uid)},
                                   {"from", begun_->octets.size()},
                                   {"size", size}});
    }
    wire::FetchData last;
    std::size_t longest = 0;
    for (bool ended = false; !ended;) {
        std::optional<Blob> slice;
        const auto offset = begun_->octets.size();
        auto sink = [&, this](client::Untagged& untagged) -> Status {
            auto* fetched = std::get_if<wire::FetchData>(&untagged.response);
            if (fetched == nullptr || fetched->uid != uid || fetched->sections.empty())
                return saw(untagged);
            const bool same = fetched->size.value_or(size) == size &&
                              (!fetched->internal_date || fetched->internal_date == begun_->date);
            if (same) slice = octets_of(*fetched, untagged.streamed, offset);
            last = std::move(*fetched);
            return {};
        };
        auto slice_of_it = slice_command(uid, offset);
        ask_also(slice_of_it);
        wire::CommandBody command = std::move(slice_of_it);
        auto asked = co_await connection_.run(std::move(command), std::move(sink));
        if (!connection_.usable()) {
            if (offset == 0) begun_.reset();
            co_return asked;
        }
        const bool fits = slice && slice->size() <= FetchQueue::slice_size &&
                          (slice->size() > 0 || offset >= size) &&
                          offset + slice->size() <= offset_most;
        if (!asked || !fits) {
            begun_.reset();
            co_return client::passes(asked ? Errc::denied : asked.error().code) ? asked : Status{};
        }
        longest = std::max(longest, slice->size());
        ended = offset + slice->size() >= size && slice->size() < std::max<std::size_t>(longest, 1);
        auto work = [&octets = begun_->octets, piece = std::move(*slice),
                     spool = place_.archive.spool_folder(), reserve = place_.account.reserve] {
            const auto room = leaves_free(spool, octets.size() + piece.size(), reserve);
            return room ? octets.append(piece.view()) : room;
        };
        auto kept = co_await net::offload(place_.pool, std::move(work));
        if (!kept) {
            begun_.reset();
            archive_failed_ = true;
            co_return kept;
        }
        sliced_ = true;
    }
    auto octets = begun_->octets.finish();
    begun_.reset();
    archive_failed_ = archive_failed_ || !octets;
    if (!octets) co_return std::unexpected(octets.error());
    queue_->arrived(uid);
    auto whole = coming(std::move(last), std::move(*octets));
    co_return co_await keep(std::move(whole), batch);
}

}  // namespace mailhold::imap::sync
