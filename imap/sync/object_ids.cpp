// ObjectIds: two tables with bounds.
#include "imap/sync/object_ids.hpp"

#include <algorithm>

#include "store/base/log.hpp"

namespace mailhold::imap::sync {

std::string email_id_of(const wire::FetchData& fetched) {
    for (const auto& [name, value] : fetched.other) {
        // RFC 8474 7: "EMAILID" SP "(" objectid ")"
        const bool whole = name == "EMAILID" && value.starts_with('(') && value.ends_with(')');
        if (whole && value.size() > 2 && value.size() - 2 <= ObjectIds::id_longest)
            return value.substr(1, value.size() - 2);
    }
    return {};
}

void ObjectIds::archived(const std::string& email_id, const Message& message) {
    if (!believed_ || email_id.empty()) return;
    const auto [known, added] = messages_.emplace(email_id, message);
    if (!added && known->second != message) {
        // RFC 8474 5.1: what is immutable of a message is the same for all with its EMAILID.
        log::warning("sync.emailid", {{"problem", "one id for two messages: not believed again"}});
        believed_ = false;
        messages_.clear();
        order_.clear();
        return;
    }
    if (!added) return;
    order_.push_back(email_id);
    if (order_.size() <= messages_most) return;
    messages_.erase(order_.front());
    order_.pop_front();
}

std::optional<ObjectIds::Message> ObjectIds::message(const std::string& email_id) const {
    const auto found = messages_.find(email_id);
    return found == messages_.end() ? std::nullopt : std::optional(found->second);
}

bool ObjectIds::wants_proof() {
    const auto before = told_++;
    return before < proofs_first || before % proof_every == 0 || trusted_count_ >= trusted_most;
}

void ObjectIds::trust(const store::Generation& generation, Uid uid) {
    auto& there = trusted_[generation.mailbox];
    if (there.uidvalidity != generation.uidvalidity) {
        trusted_count_ -= there.uids.size();
        there = {generation.uidvalidity, {}};
    }
    trusted_count_ += there.uids.insert(uid).second ? 1 : 0;
}

std::vector<Uid> ObjectIds::trusted(const store::Generation& generation) const {
    const auto there = trusted_.find(generation.mailbox);
    if (there == trusted_.end() || there->second.uidvalidity != generation.uidvalidity) return {};
    return {there->second.uids.begin(), there->second.uids.end()};
}

void ObjectIds::proved(const store::Generation& generation, const std::vector<Uid>& uids) {
    const auto there = trusted_.find(generation.mailbox);
    if (there == trusted_.end()) return;
    auto& [uidvalidity, trusted] = there->second;
    trusted_count_ -= trusted.size();
    if (uidvalidity != generation.uidvalidity) trusted.clear();
    for (const auto uid : uids) trusted.erase(uid);
    trusted_count_ += trusted.size();
    if (trusted.empty()) trusted_.erase(there);
}

void ObjectIds::seen(const std::string& mailbox, const std::string& mailbox_id) {
    if (mailbox_id.empty() || mailbox_id.size() > id_longest) return;
    if (mailboxes_.contains(mailbox) || mailboxes_.size() < mailboxes_most)
        mailboxes_[mailbox] = mailbox_id;
}

std::vector<store::Renamed> ObjectIds::renames(const std::string& account,
                                               std::vector<store::Renamed> found,
                                               const std::vector<std::string>& listed) {
    const auto id_of = [this](const std::string& mailbox) {
        const auto id = mailboxes_.find(mailbox);
        return id == mailboxes_.end() ? std::string() : id->second;
    };
    // RFC 8474 4: a mailbox keeps its id when it is renamed, and no other one ever gets it.
    std::erase_if(found, [&](const store::Renamed& one) {
        const auto from = id_of(one.from), to = id_of(one.to);
        return !from.empty() && !to.empty() && from != to;
    });
    const std::set<std::string> here(listed.begin(), listed.end());
    std::map<std::string, std::vector<std::string>> now;  // names, by id
    for (const auto& [mailbox, id] : mailboxes_)
        if (here.contains(mailbox)) now[id].push_back(mailbox);
    for (auto gone = mailboxes_.begin(); gone != mailboxes_.end();) {
        if (here.contains(gone->first)) {
            ++gone;
            continue;
        }
        const auto names = now.find(gone->second);
        if (names != now.end() && names->second.size() == 1) {
            store::Renamed renamed{account, gone->first, names->second.front()};
            if (std::ranges::find(found, renamed) == found.end())
                found.push_back(std::move(renamed));
        }
        // Its new name may be seen in the next round only.
        gone = names == now.end() ? std::next(gone) : mailboxes_.erase(gone);
    }
    return found;
}

}  // namespace mailhold::imap::sync
