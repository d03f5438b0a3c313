// MailboxSync's recognition of messages by their ids, EMAILID (RFC 8474) or Gmail's X-GM-MSGID: what the account has
// archived under another UID, with the same size, need not come again. A reconciliation trusts no id, nor does anything
// that is in doubt; how far an EMAILID is trusted, object_ids.hpp says.
#include <algorithm>
#include <utility>

#include "imap/sync/mailbox_sync.hpp"
#include "imap/wire/encode.hpp"
#include "store/base/log.hpp"

namespace mailhold::imap::sync {
namespace {

constexpr std::size_t together = 500;           // messages, so that no command's line gets too long
constexpr std::size_t flag_octets_most = 4096;  // of a candidate; others are fetched
constexpr std::size_t candidates_most = 20'000;  // at once; others are asked for again

}  // namespace

// What not all origins tell of a message.
void MailboxSync::ask_also(wire::Fetch& command) const {
    using Kind = wire::FetchItem::Kind;
    for (const auto& [capability, kind] :
         {std::pair{"OBJECTID", Kind::email_id}, std::pair{"SAVEDATE", Kind::save_date}})
        if (connection_.has(capability)) command.items.emplace(command.items.begin())->kind = kind;
    if (!connection_.has("X-GM-EXT-1")) return;
    command.foreign = {"X-GM-MSGID", "X-GM-THRID"};
    if (visit_.labels == Labels::asked) command.foreign.emplace_back("X-GM-LABELS");
}

std::optional<store::GmailSeen> MailboxSync::gmail_of(const wire::FetchData& fetched) const {
    if (!fetched.gmail || fetched.gmail->message_id == 0) return std::nullopt;
    auto labels = fetched.gmail->labels;
    if (labels) labels = normal_labels(std::move(*labels));
    return store::GmailSeen{generation_, *fetched.uid, fetched.gmail->message_id,
                            fetched.gmail->thread_id, std::move(labels)};
}

// What a listing says of a message that is new here, and perhaps not in the account.
void MailboxSync::look_for_identity(const wire::FetchData& fetched) {
    if (visit_.depth == Depth::whole || candidates_.size() >= candidates_most) return;
    if (!fetched.size || !fetched.flags || !fetched.internal_date) return;
    const auto uid = *fetched.uid;
    if (comparison_->details_of(uid).size != fetched.size) return;  // it is known
    Candidate candidate{{}, email_id_of(fetched), gmail_of(fetched)};
    const bool long_labels = candidate.gmail && candidate.gmail->labels &&
                             octets_in(*candidate.gmail->labels) > flag_octets_most;
    if (long_labels || octets_in(*fetched.flags) > flag_octets_most) return;
    if (candidate.email_id.empty() && !candidate.gmail) return;
    looked_for_.insert(uid);
    candidate.sighting = {.generation = generation_,
                          .uid = uid,
                          .digest = {},
                          .size = *fetched.size,
                          .internal_date = *fetched.internal_date,
                          .flags = normal_flags(*fetched.flags),
                          .modseq = fetched.modseq.value_or(ModSeq{}),
                          .saved = fetched.saved};
    candidates_.insert_or_assign(uid, std::move(candidate));
}

// Whether it is new, and not in the place of a message that stood there.
bool MailboxSync::is_new(Uid uid) const {
    return std::ranges::binary_search(plan_.fetch, uid) &&
           !std::ranges::binary_search(plan_.checked, uid) &&
           !std::ranges::binary_search(plan_.replaced, uid);
}

// Takes out of the plan what is recognised, and puts it on record.
net::awaitable<Status> MailboxSync::recognise() {
    if (visit_.depth == Depth::whole) co_return Status{};
    bool any = connection_.has("OBJECTID") && place_.ids.knows_messages();
    if (!any && connection_.has("X-GM-EXT-1")) {
        auto work = [&archive = place_.archive, account = place_.account.name] {
            return archive.knows_gmail(account);
        };
        const auto known = co_await net::offload(place_.pool, std::move(work));
        archive_failed_ = !known;
        if (!known) co_return std::unexpected(known.error());
        any = *known;
    }
    if (!any) co_return Status{};
    std::vector<std::uint32_t> unlisted;
    for (const auto uid : plan_.fetch)
        if (is_new(uid) && !looked_for_.contains(uid)) unlisted.push_back(number(uid));
    auto status = co_await resolve();
    for (std::size_t i = 0; status && i < unlisted.size(); i += together) {
        const auto first = unlisted.begin() + static_cast<std::ptrdiff_t>(i);
        const auto count = std::min(together, unlisted.size() - i);
        auto details = details_command();
        details.numbers = wire::set_of({first, first + static_cast<std::ptrdiff_t>(count)});
        auto sink = [this](client::Untagged& untagged) { return saw(untagged); };
        status = co_await connection_.run(std::move(details), std::move(sink));
        if (!status && connection_.usable() && !client::passes(status.error().code))
            co_return Status{};  // it does not like the question: they come as they do elsewhere
        if (status) status = co_await resolve();
    }
    co_return status;
}

// Looks for the candidates in the archive; what is found there goes on record.
net::awaitable<Status> MailboxSync::resolve() {
    const auto candidates = std::exchange(candidates_, {});
    std::vector<std::uint64_t> ids;
    for (const auto& [uid, candidate] : candidates)
        if (candidate.gmail && is_new(uid)) ids.push_back(candidate.gmail->message_id);
    auto work = [&archive = place_.archive, account = place_.account.name, ids = std::move(ids)] {
        return archive.gmail_messages(account, ids);
    };
    const auto of_gmail = co_await net::offload(place_.pool, std::move(work));
    archive_failed_ = !of_gmail;
    if (!of_gmail) co_return std::unexpected(of_gmail.error());

    std::set<Uid> recognised;
    std::vector<store::Fact> facts;
    for (const auto& [uid, candidate] : candidates) {
        auto known = place_.ids.message(candidate.email_id);
        const bool by_email_id = known.has_value();
        const auto stored =
            candidate.gmail ? of_gmail->find(candidate.gmail->message_id) : of_gmail->end();
        if (!known && stored != of_gmail->end())
            known = ObjectIds::Message{stored->second.digest, stored->second.size};
        if (!known || known->size != candidate.sighting.size || !is_new(uid)) continue;
        if (by_email_id && place_.ids.wants_proof()) continue;
        recognised.insert(uid);
        if (by_email_id) place_.ids.trust(generation_, uid);
        auto sighting = candidate.sighting;
        sighting.digest = known->digest;
        facts.emplace_back(std::move(sighting));
        if (candidate.gmail) facts.emplace_back(*candidate.gmail);
    }
    if (recognised.empty()) co_return Status{};
    auto stored = co_await record(place_, std::move(facts));
    archive_failed_ = !stored;
    if (!stored) co_return stored;
    std::erase_if(plan_.fetch, [&](Uid uid) { return recognised.contains(uid); });
    settled_ += recognised.size();
    place_.progress.archived(mailbox_, recognised.size(), 0);
    log::info("sync.recognised", {{"mailbox", mailbox_}, {"messages", recognised.size()}});
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
