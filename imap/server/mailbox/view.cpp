#include "imap/server/mailbox/view.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <set>

#include "imap/wire/encode.hpp"
#include "store/rights.hpp"

namespace mailhold::imap::server {

Snapshot with_personal_flags(const Snapshot& mailbox, const store::PersonalFlags& personal) {
    if (personal.messages.empty() || mailbox->entries.empty()) return mailbox;
    auto view = std::make_shared<store::MailboxSnapshot>(*mailbox);
    view->flag_sets.insert(personal.flag_sets.begin(), personal.flag_sets.end());
    auto entry = view->entries.begin();
    for (const auto& mine : personal.messages) {
        entry =
            std::ranges::lower_bound(entry, view->entries.end(), mine.uid, {}, &store::Entry::uid);
        if (entry == view->entries.end()) break;
        if (entry->uid != mine.uid) continue;
        entry->flags = mine.flags;
        entry->modseq = std::max(entry->modseq, mine.modseq);
        auto& highest = view->mailbox.highest_modseq;
        highest = std::max(highest, mine.modseq);
    }
    return view;
}

Difference difference(const store::MailboxSnapshot& before, const store::MailboxSnapshot& after) {
    Difference change;
    std::size_t kept = 0;
    for (std::size_t i = 0; i < before.entries.size(); ++i) {
        const store::Entry& entry = before.entries[i];
        // Once a message stands where none was (a UID that came back), all behind it are told anew:
        // to a client, messages only ever appear at the end.
        if (kept < after.entries.size() && after.entries[kept].uid == entry.uid) {
            ++kept;
            if (after.entries[kept - 1].flags != entry.flags) {
                change.flagged.push_back(static_cast<std::uint32_t>(kept));
            }
        } else {
            change.expunged.push_back(static_cast<std::uint32_t>(i + 1));
        }
    }
    std::ranges::reverse(change.expunged);
    change.appended = static_cast<std::uint32_t>(after.entries.size() - kept);
    return change;
}

namespace {

std::string expunges_text(const Difference& change, const store::MailboxSnapshot& before,
                          Told told) {
    std::string text;
    if (change.expunged.empty()) return text;
    if (told.vanished) {
        std::vector<Uid> uids;
        for (const std::uint32_t sequence : change.expunged)
            uids.push_back(before.entries[sequence - 1].uid);
        std::ranges::reverse(uids);
        return fmt::format("* VANISHED {}\r\n", wire::set_text(set_of(uids)));
    }
    for (const std::uint32_t sequence : change.expunged)
        fmt::format_to(std::back_inserter(text), "* {} EXPUNGE\r\n", sequence);
    return text;
}

}  // namespace

std::optional<std::string> updates_text(const store::MailboxSnapshot& before,
                                        const store::MailboxSnapshot& after, Updates allowed,
                                        Told told) {
    const Difference change = difference(before, after);
    if (allowed == Updates::without_expunge && !change.expunged.empty()) return std::nullopt;
    std::string text = expunges_text(change, before, told);
    if (change.appended > 0) {
        fmt::format_to(std::back_inserter(text), "* {} EXISTS\r\n", after.entries.size());
    }
    const std::string flags = flags_text(after);
    if ((change.appended > 0 || !change.flagged.empty()) && flags != flags_text(before)) {
        text += flags;
    }
    if (!told.flags) return text;
    for (const std::uint32_t sequence : change.flagged)
        text += flags_update_text(after, sequence - 1, told);
    return text;
}

// A message that came back below others comes in when they go: to a client, new ones are the last.
Snapshot with_expunged(const Snapshot& before, const Snapshot& after) {
    if (difference(*before, *after).expunged.empty()) return after;
    auto view = std::make_shared<store::MailboxSnapshot>(*after);
    view->flag_sets.insert(before->flag_sets.begin(), before->flag_sets.end());
    view->entries.clear();
    auto now = after->entries.begin();
    for (const store::Entry& entry : before->entries) {
        now =
            std::ranges::lower_bound(now, after->entries.end(), entry.uid, {}, &store::Entry::uid);
        const bool stays = now != after->entries.end() && now->uid == entry.uid;
        view->entries.push_back(stays ? *now : entry);
    }
    const auto last = before->entries.back().uid;
    std::ranges::copy_if(after->entries, std::back_inserter(view->entries),
                         [last](const store::Entry& entry) { return entry.uid > last; });
    return view;
}

std::string fetch_begin_text(const store::MailboxSnapshot& mailbox, std::uint32_t place,
                             Told told) {
    if (told.uids) return fmt::format("* {} UIDFETCH (", number(mailbox.entries[place].uid));
    return fmt::format("* {} FETCH (", place + 1);
}

std::string flags_update_text(const store::MailboxSnapshot& mailbox, std::uint32_t place,
                              Told told) {
    const store::Entry& entry = mailbox.entries[place];
    return fmt::format("{}{}FLAGS {}{})\r\n", fetch_begin_text(mailbox, place, told),
                       told.uids ? "" : fmt::format("UID {} ", number(entry.uid)),
                       wire::flag_list_text(mailbox.flags_of(entry)),
                       told.modseq ? fmt::format(" MODSEQ ({})", number(entry.modseq)) : "");
}

namespace {

std::vector<std::string> all_flags(const store::MailboxSnapshot& mailbox) {
    std::vector<std::string> flags = {"\\Answered", "\\Flagged", "\\Deleted", "\\Seen", "\\Draft"};
    std::set<std::string> others;
    for (const auto& [id, flag_set] : mailbox.flag_sets) {
        for (const std::string& flag : flag_set) {
            if (std::ranges::find(flags, flag) == flags.end()) others.insert(flag);
        }
    }
    flags.insert(flags.end(), others.begin(), others.end());
    return flags;
}

}  // namespace

std::string flags_text(const store::MailboxSnapshot& mailbox) {
    return fmt::format("* FLAGS {}\r\n", wire::flag_list_text(all_flags(mailbox)));
}

std::string permanent_flags_text(const store::MailboxSnapshot& mailbox, std::string_view rights) {
    auto flags = all_flags(mailbox);
    flags.emplace_back("\\*");
    flags = store::settable(std::move(flags), rights);
    if (flags.empty()) return "* OK [PERMANENTFLAGS ()] It is read-only\r\n";
    return fmt::format("* OK [PERMANENTFLAGS {}] Yours to set\r\n", wire::flag_list_text(flags));
}

wire::SequenceSet resolve(wire::SequenceSet set, std::uint32_t largest) {
    for (auto& [first, last] : set) {
        if (first == wire::star) first = largest;
        if (last == wire::star) last = largest;
        if (first > last) std::swap(first, last);
    }
    std::ranges::sort(set);
    wire::SequenceSet merged;
    for (const auto& range : set) {
        if (!merged.empty() && range.first <= merged.back().second) {
            merged.back().second = std::max(merged.back().second, range.second);
        } else {
            merged.push_back(range);
        }
    }
    return merged;
}

wire::SequenceSet resolve(const wire::SequenceSet& set, wire::NumberKind kind,
                          const store::MailboxSnapshot& mailbox) {
    if (mailbox.entries.empty()) return {};
    const auto count = static_cast<std::uint32_t>(mailbox.entries.size());
    return resolve(set, kind == wire::NumberKind::uid ? number(mailbox.entries.back().uid) : count);
}

std::vector<std::uint32_t> places(const wire::SequenceSet& set, wire::NumberKind kind,
                                  const store::MailboxSnapshot& mailbox) {
    const auto& entries = mailbox.entries;
    const auto count = static_cast<std::uint32_t>(entries.size());
    std::vector<std::uint32_t> found;
    for (const auto& [first, last] : resolve(set, kind, mailbox)) {
        std::uint32_t begin = first - 1;
        std::uint32_t end = std::min(last, count);
        if (kind == wire::NumberKind::uid) {
            const auto from = std::ranges::lower_bound(entries, Uid{first}, {}, &store::Entry::uid);
            const auto to = std::ranges::upper_bound(entries, Uid{last}, {}, &store::Entry::uid);
            begin = static_cast<std::uint32_t>(from - entries.begin());
            end = static_cast<std::uint32_t>(to - entries.begin());
        }
        for (std::uint32_t place = begin; place < end; ++place) found.push_back(place);
    }
    return found;
}

bool contains(const wire::SequenceSet& resolved, std::uint32_t number) {
    const auto behind =
        std::ranges::upper_bound(resolved, number, {}, &wire::SequenceSet::value_type::first);
    return behind != resolved.begin() && number <= std::prev(behind)->second;
}

wire::SequenceSet set_of(const std::vector<Uid>& uids) {
    std::vector<std::uint32_t> numbers;
    for (const Uid uid : uids) numbers.push_back(number(uid));
    return wire::set_of(numbers);
}

std::vector<MessageNumber> message_numbers(const store::MailboxSnapshot& mailbox) {
    std::vector<MessageNumber> numbers;
    for (const store::Entry& entry : mailbox.entries) numbers.push_back(entry.message);
    return numbers;
}

bool names_too_much(const wire::SequenceSet& set, std::size_t messages) {
    return std::ranges::any_of(set, [messages](const auto& range) {
        return range.first != wire::star && range.second != wire::star &&
               std::max(range.first, range.second) > messages;
    });
}

}  // namespace mailhold::imap::server
