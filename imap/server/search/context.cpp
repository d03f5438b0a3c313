#include "imap/server/search/context.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "imap/server/search/command.hpp"
#include "imap/wire/encode.hpp"

namespace mailhold::imap::server {
namespace {

// RFC 5267 4.3.2: position 0 where the results have no order.
std::string notification(const SearchContext& context, std::string_view what,
                         const std::vector<Uid>& uids, const store::MailboxSnapshot& mailbox) {
    if (uids.empty()) return {};
    const bool by_uid = context.search.kind == wire::NumberKind::uid;
    std::vector<std::uint32_t> numbers;
    for (const Uid uid : uids) {
        const auto entry = std::ranges::lower_bound(mailbox.entries, uid, {}, &store::Entry::uid);
        const auto sequence = static_cast<std::uint32_t>(entry - mailbox.entries.begin()) + 1;
        numbers.push_back(by_uid ? number(uid) : sequence);
    }
    return fmt::format("* ESEARCH (TAG {}){} {} (0 {})\r\n", wire::string_text(context.tag),
                       by_uid ? " UID" : "", what, wire::set_text(wire::set_of(numbers)));
}

struct Change {
    std::vector<Uid> gone;       // expunged
    std::vector<Uid> questions;  // new, or with other flags: they may match now or no more
};

Change change_between(const store::MailboxSnapshot& before, const store::MailboxSnapshot& after) {
    const Difference difference = server::difference(before, after);
    Change change;
    for (const auto sequence : difference.expunged)
        change.gone.push_back(before.entries[sequence - 1].uid);
    for (const auto sequence : difference.flagged)
        change.questions.push_back(after.entries[sequence - 1].uid);
    for (auto i = after.entries.size() - difference.appended; i < after.entries.size(); ++i)
        change.questions.push_back(after.entries[i].uid);
    std::ranges::sort(change.gone);
    std::ranges::sort(change.questions);
    return change;
}

std::vector<Uid> in_one_only(const std::vector<Uid>& these, const std::vector<Uid>& others) {
    std::vector<Uid> left;
    std::ranges::set_difference(these, others, std::back_inserter(left));
    return left;
}

}  // namespace

ContextChanges update_contexts(State& state, const store::MailboxSnapshot& before,
                               const store::MailboxSnapshot& after) {
    ContextChanges changes;
    auto& contexts = state.selected->contexts;
    if (contexts.empty()) return changes;
    const Change change = change_between(before, after);
    std::erase_if(contexts, [&](SearchContext& context) {
        std::vector<Uid> now;
        if (!change.questions.empty()) {
            auto found = matching(state, context.search, after, change.questions);
            if (!found) {
                changes.additions += no_update(context.tag, "The search cannot be repeated");
                return true;
            }
            now = std::move(*found);
        }
        std::vector<Uid> left = in_one_only(context.results, change.gone);
        const std::vector<Uid> untouched = in_one_only(left, change.questions);
        left.clear();
        std::ranges::merge(untouched, now, std::back_inserter(left));
        changes.removals +=
            notification(context, "REMOVEFROM", in_one_only(context.results, left), before);
        changes.additions +=
            notification(context, "ADDTO", in_one_only(left, context.results), after);
        context.results = std::move(left);
        return false;
    });
    return changes;
}

std::string no_update(const std::string& tag, std::string why) {
    return wire::write(wire::StatusResponse{"*", wire::Condition::no,
                                            wire::ResponseCode{"NOUPDATE", wire::string_text(tag)},
                                            std::move(why)});
}

}  // namespace mailhold::imap::server
