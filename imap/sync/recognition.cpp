// MailboxSync's recognition of messages by their EMAILID (RFC 8474): what the account has archived under another UID,
// with the same size, need not come again. A reconciliation trusts no id, nor does anything that is in doubt.
#include <algorithm>
#include <utility>

#include "imap/sync/mailbox_sync.hpp"
#include "imap/wire/encode.hpp"
#include "store/base/log.hpp"

namespace mailhold::imap::sync {
namespace {

constexpr std::size_t ranges_together = 400;  // so that no command's line gets too long

}  // namespace

bool MailboxSync::gives_object_ids() const {
    return connection_.has("OBJECTID");
}

// What a listing says of a message that is new here, and perhaps not in the account.
void MailboxSync::look_for_identity(const wire::FetchData& fetched) {
    if (!fetched.size || !fetched.flags || !fetched.internal_date) return;
    const auto uid = *fetched.uid;
    if (comparison_->details_of(uid).size != fetched.size) return;  // it is known
    auto id = email_id_of(fetched);
    if (id.empty()) return;
    listed_ids_.insert(uid);
    const auto known = place_.ids.message(id);
    if (!known || known->size != *fetched.size) return;
    recognised_.insert_or_assign(uid, store::Sighting{.generation = generation_,
                                                      .uid = uid,
                                                      .digest = known->digest,
                                                      .size = known->size,
                                                      .internal_date = *fetched.internal_date,
                                                      .flags = normal_flags(*fetched.flags),
                                                      .modseq = fetched.modseq.value_or(ModSeq{})});
}

// Takes out of the plan what is recognised, and puts it on record.
net::awaitable<Status> MailboxSync::recognise() {
    if (!gives_object_ids() || !place_.ids.knows_messages() || visit_.depth == Depth::whole)
        co_return Status{};
    const auto certain = [this](Uid uid) {
        return !std::ranges::binary_search(plan_.checked, uid) &&
               !std::ranges::binary_search(plan_.replaced, uid);
    };
    std::vector<std::uint32_t> unlisted;
    for (const auto uid : plan_.fetch)
        if (certain(uid) && !listed_ids_.contains(uid)) unlisted.push_back(number(uid));
    const auto ranges = wire::set_of(unlisted);
    for (std::size_t i = 0; i < ranges.size(); i += ranges_together) {
        const auto first = ranges.begin() + static_cast<std::ptrdiff_t>(i);
        const auto count = std::min(ranges_together, ranges.size() - i);
        auto details = details_command();
        details.numbers.assign(first, first + static_cast<std::ptrdiff_t>(count));
        auto sink = [this](client::Untagged& untagged) { return saw(untagged); };
        auto status = co_await connection_.run(std::move(details), std::move(sink));
        if (status) continue;
        if (!connection_.usable() || client::passes(status.error().code)) co_return status;
        break;  // it does not like the question: they come as they do elsewhere
    }
    std::vector<store::Fact> facts;
    for (auto& [uid, sighting] : recognised_) {
        if (std::ranges::binary_search(plan_.fetch, uid) && certain(uid))
            facts.emplace_back(std::move(sighting));
    }
    const auto count = facts.size();
    if (count == 0) co_return Status{};
    auto stored = co_await record(place_, std::move(facts));
    archive_failed_ = !stored;
    if (!stored) co_return stored;
    std::erase_if(plan_.fetch, [&](Uid uid) { return recognised_.contains(uid) && certain(uid); });
    settled_ += count;
    place_.progress.archived(mailbox_, count, 0);
    log::info("sync.recognised", {{"mailbox", mailbox_}, {"messages", count}});
    co_return Status{};
}

// Of a message that is on its way into the archive; what it says counts once that is done.
net::awaitable<void> MailboxSync::identify(const store::Arrival& arrival, std::string email_id) {
    if (email_id.empty() || identified_.size() >= ObjectIds::messages_most) co_return;
    auto work = [&octets = arrival.octets] { return sha256(octets.view()); };
    const auto digest = co_await net::offload(place_.pool, std::move(work));
    identified_.emplace_back(std::move(email_id),
                             ObjectIds::Message{digest, arrival.octets.size()});
}

void MailboxSync::remember_identities() {
    for (const auto& [id, message] : std::exchange(identified_, {}))
        place_.ids.archived(id, message);
}

}  // namespace mailhold::imap::sync
