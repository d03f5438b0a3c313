// What a client makes of untagged data about its mailbox.
#include <fmt/format.h>

#include <algorithm>

#include "tests/model/broken.hpp"
#include "tests/model/client.hpp"

namespace mailhold::model {

namespace wire = imap::wire;

Opened& Client::mailbox(std::string_view response) {
    demand(work_ || notified_, fmt::format("{} comes without being asked for", response));
    demand(!plus_owed_, fmt::format("{} comes before the literal", response));
    if (opening_) return *opening_;
    demand(opened_.has_value(), fmt::format("{} of no mailbox", response));
    return *opened_;
}

// RFC 3501 7.4.1: no expunge while these are answered; nor to a command that was not understood.
bool Client::counts() const {
    if (!work_) return false;
    if (!work_->command) return true;
    const auto by_number = [](const auto& command) {
        using Command = std::decay_t<decltype(command)>;
        if constexpr (requires { command.search.kind; })
            return command.search.kind == wire::NumberKind::sequence &&
                   !std::same_as<Command, wire::MultiSearch>;
        else if constexpr (std::same_as<Command, wire::Fetch> ||
                           std::same_as<Command, wire::Store> ||
                           std::same_as<Command, wire::Search>)
            return command.kind == wire::NumberKind::sequence;
        else
            return false;
    };
    return std::visit(by_number, *work_->command);
}

void Client::take(const wire::EnabledData& enabled) {
    for (const auto& each : enabled.capabilities) {
        if (each == "QRESYNC") qresync_ = true;
        if (each == "UIDONLY") uid_only_ = true;
    }
}

void Client::take(const wire::ExistsData& exists) {
    auto& told = mailbox("EXISTS");
    demand(uid_only_ || exists.messages >= told.messages.size(), "EXISTS takes messages away");
    told.messages.resize(exists.messages);
}

void Client::take(const wire::ExpungeData& expunged) {
    auto& told = mailbox("EXPUNGE");
    demand(!qresync_ && !uid_only_, "EXPUNGE instead of VANISHED");
    demand(!counts(), "EXPUNGE while the client counts");
    demand(expunged.sequence >= 1 && expunged.sequence <= told.messages.size(),
           "EXPUNGE of what is not there");
    told.messages.erase(told.messages.begin() + expunged.sequence - 1);
}

void Client::take(const wire::VanishedData& vanished) {
    demand(qresync_ || uid_only_, "VANISHED was not enabled");
    auto& messages = mailbox("VANISHED").messages;
    if (vanished.earlier) {
        if (!resyncing_) return;
        std::erase_if(resyncing_->messages, [&](const auto& known) {
            return std::ranges::any_of(vanished.uids, [&](const auto& range) {
                return range.first <= number(known.first) && number(known.first) <= range.second;
            });
        });
        return;
    }
    if (uid_only_) return;
    demand(!counts(), "VANISHED while the client counts");
    for (const auto& [first, last] : vanished.uids) {
        demand(last - first < messages.size(), "VANISHED of what is not there");
        for (auto uid = first; uid <= last; ++uid) {
            auto gone = std::ranges::find(messages, std::optional(Uid{uid}), &Opened::Message::uid);
            // One whose UID it was not told: it stands right before the next that it knows.
            if (gone == messages.end()) {
                gone = std::ranges::find_if(
                    messages, [&](const auto& message) { return message.uid > Uid{uid}; });
                for (auto it = gone; it != messages.begin() && !std::prev(it)->uid; --it)
                    std::prev(it)->flags.reset();
                const bool there = gone != messages.begin() && !std::prev(gone)->uid;
                demand(there, fmt::format("VANISHED {} is not there", uid));
                --gone;
            }
            messages.erase(gone);
        }
    }
}

Opened::Message& Client::message(std::uint32_t sequence, std::string_view response) {
    auto& messages = mailbox(response).messages;
    demand(sequence >= 1 && sequence <= messages.size(),
           fmt::format("{} of message {}, which is not there", response, sequence));
    return messages[sequence - 1];
}

void Client::note_uid(std::uint32_t sequence, Uid uid) {
    auto& messages = mailbox("FETCH").messages;
    auto& told = messages[sequence - 1].uid;
    demand(!told || *told == uid, fmt::format("message {} has UID {} and not {}", sequence,
                                              number(uid), number(told.value_or(Uid{}))));
    if (told) return;
    told = uid;
    Uid previous{};
    for (const auto& message : messages) {
        if (!message.uid) continue;
        demand(*message.uid > previous,
               fmt::format("UID {} does not ascend", number(*message.uid)));
        previous = *message.uid;
    }
}

void Client::take(const wire::FetchData& data) {
    if (uid_only_) {
        if (data.flags && data.uid && resyncing_)
            resyncing_->messages[*data.uid] = flags_in(*data.flags);
        return;
    }
    auto& known = message(data.sequence, "FETCH");
    if (data.uid) note_uid(data.sequence, *data.uid);
    if (data.flags) known.flags = flags_in(*data.flags);
    if (data.flags && data.uid && resyncing_) resyncing_->messages[*data.uid] = *known.flags;
    if (!data.modseq) return;
    demand(*data.modseq >= known.modseq, "MODSEQ goes back");
    known.modseq = *data.modseq;
}

void Client::take(const wire::SearchData& found) {
    demand(work_.has_value(), "SEARCH comes without being asked for");
    const auto* search = at_work<wire::Search>();
    if (!search || search->kind == wire::NumberKind::uid || !opened_) return;
    for (const auto number : found.numbers)
        demand(number <= opened_->messages.size(), "SEARCH finds what is not there");
}

void Client::take(const wire::ESearchData& found) {
    const auto* search = at_work<wire::Search>();
    if (!search || search->kind == wire::NumberKind::uid || !opened_ || uid_only_) return;
    if (found.tag != work_->tag) return;
    const auto all = opened_->messages.size();
    demand(found.min.value_or(0) <= all && found.max.value_or(0) <= all &&
               found.count.value_or(0) <= all,
           "ESEARCH finds what is not there");
    for (const auto& [first, last] : found.all)
        demand(first <= last && last <= all, "ESEARCH finds what is not there");
}

}  // namespace mailhold::model
