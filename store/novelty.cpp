#include "store/novelty.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

namespace mailhold::store {
namespace {

// What a fact is about, in keys. NUL cannot stand in a name.
struct Subject {
    std::string mailbox;
    std::vector<std::string> items;
    bool sweeps = false;  // depends on, and changes, whatever else is known of the mailbox
};

std::string join(const std::string& account, const std::string& mailbox) {
    return account + '\0' + mailbox + '\0';
}

Subject about(std::string mailbox, std::string_view item) {
    auto key = mailbox;
    return {std::move(mailbox), {key.append(item)}};
}

Subject about(const Generation& generation, std::span<const Uid> uids) {
    Subject subject{join(generation.account, generation.mailbox), {}};
    for (const auto uid : uids) {
        subject.items.push_back(
            fmt::format("{}{}/{}", subject.mailbox, number(generation.uidvalidity), number(uid)));
    }
    return subject;
}

struct SubjectOf {
    Subject operator()(const AccountDeclared& fact) const {
        return about(join(fact.account, ""), "account");
    }
    Subject operator()(const MailboxListed& fact) const {
        return about(join(fact.account, fact.mailbox), "listing");
    }
    Subject operator()(const MailboxGone& fact) const {
        auto subject = about(join(fact.account, fact.mailbox), "listing");
        subject.sweeps = true;
        return subject;
    }
    Subject operator()(const GenerationOpened& fact) const {
        return about(join(fact.generation.account, fact.generation.mailbox),
                     fmt::format("opened {}", number(fact.generation.uidvalidity)));
    }
    Subject operator()(const Sighting& fact) const {
        return about(fact.generation, {&fact.uid, 1});
    }
    Subject operator()(const FlagsSeen& fact) const {
        return about(fact.generation, {&fact.uid, 1});
    }
    Subject operator()(const GmailSeen& fact) const {
        return about(fact.generation, {&fact.uid, 1});
    }
    Subject operator()(const Vanished& fact) const { return about(fact.generation, fact.uids); }
    Subject operator()(const GenerationSynced& fact) const {
        auto subject = about(join(fact.generation.account, fact.generation.mailbox), "synced");
        subject.sweeps = true;
        return subject;
    }
    Subject operator()(const Excluded& fact) const {
        return about(join(fact.account, fact.mailbox), "excluded " + fact.rule);
    }
    Subject operator()(const Quarantined& fact) const {
        return about(fact.generation, {&fact.uid, 1});
    }
    Subject operator()(const Awaited& fact) const { return about(fact.generation, fact.uids); }
    Subject operator()(const Reconciled& fact) const {
        return about(join(fact.generation.account, fact.generation.mailbox), "reconciled");
    }
    Subject operator()(const Moved& fact) const { return about(fact.to, {&fact.to_uid, 1}); }
    Subject operator()(const Renamed& fact) const {
        return about(join(fact.account, fact.to), "renamed");
    }
    Subject operator()(const SecurityShown& fact) const {
        return about(join(fact.account, ""), "security");
    }
    Subject operator()(const WorkspaceNamed& fact) const { return of(fact.workspace); }
    Subject operator()(const WorkspaceDeleted& fact) const { return of(fact.workspace); }
    Subject operator()(const Filed& fact) const { return of(fact.workspace); }
    Subject operator()(const Flagged& fact) const { return of(fact.workspace); }
    Subject operator()(const Unfiled& fact) const { return of(fact.workspace); }
    Subject operator()(const Annotated& fact) const {
        const auto workspace =
            join(fact.workspace.owner, fmt::to_string(number(fact.workspace.uidvalidity)));
        return {join(fact.account, fact.mailbox) + workspace + join("note", fact.user), {}, true};
    }
    Subject operator()(const Accessed&) const { return {}; }   // each is news
    Subject operator()(const Journaled&) const { return {}; }  // likewise
    Subject operator()(const Granted& fact) const { return of(fact.workspace); }
    Subject operator()(const Subscribed& fact) const {
        return about(join(fact.user, fact.mailbox), "subscribed");
    }
    Subject operator()(const PersonallyFlagged& fact) const {
        return {join(fact.account, fact.mailbox) + join("of", fact.user), {}, true};
    }

    // Its facts are decided one after the other (archive_writer.hpp): no finer knowledge is needed.
    static Subject of(const Workspace& workspace) {
        return {join(workspace.owner, fmt::to_string(number(workspace.uidvalidity))), {}, true};
    }
};

}  // namespace

Result<bool> Novelty::keep(const Digest& digest) {
    if (!digests_.insert(digest).second) return false;
    const auto known = catalog_.find(digest);
    if (!known) return std::unexpected(known.error());
    return !known->has_value();
}

// A record that sights what was never stored could not be applied, now or ever.
Status Novelty::check_stored(const Digest& digest) {
    if (digests_.contains(digest)) return {};
    const auto known = catalog_.find(digest);
    if (!known) return std::unexpected(known.error());
    if (*known) return {};
    return fail(Errc::invalid, fmt::format("a fact about {}, which is not stored", to_hex(digest)));
}

Result<bool> Novelty::keep(const Fact& fact) {
    if (const auto* sighting = std::get_if<Sighting>(&fact)) {
        if (auto stored = check_stored(sighting->digest); !stored)
            return std::unexpected(stored.error());
    }
    if (const auto* journaled = std::get_if<Journaled>(&fact)) {
        if (auto stored = check_stored(journaled->digest); !stored)
            return std::unexpected(stored.error());
    }
    auto subject = std::visit(SubjectOf{}, fact);
    const auto last_is = [&](const auto& kept, const std::string& key) {
        const auto found = kept.find(key);
        return found != kept.end() && *found->second == fact;
    };
    const bool depends = subject.sweeps
                             ? mailboxes_.contains(subject.mailbox)
                             : swept_.contains(subject.mailbox) ||
                                   std::ranges::any_of(subject.items, [&](const auto& item) {
                                       return items_.contains(item);
                                   });
    if (depends) {
        const bool repeats = subject.sweeps
                                 ? last_is(mailboxes_, subject.mailbox)
                                 : std::ranges::all_of(subject.items, [&](const auto& item) {
                                       return last_is(items_, item);
                                   });
        if (repeats) return false;
    } else {
        auto news = catalog_.is_news(fact);
        if (!news || !*news) return news;
    }
    for (auto& item : subject.items) items_[std::move(item)] = &fact;
    if (subject.sweeps) swept_.insert(subject.mailbox);
    mailboxes_[std::move(subject.mailbox)] = &fact;
    return true;
}

}  // namespace mailhold::store
