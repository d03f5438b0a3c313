#include "store/workspaces.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "store/catalog/catalog.hpp"

namespace mailhold::store {
namespace {

using catalog::CatalogWriter;

Workspace named(const Mailbox& mailbox) {
    return {mailbox.owner, mailbox.uidvalidity};
}

Error denied(const Mailbox& mailbox) {
    return {Errc::denied, fmt::format("workspace {}: no right to do this", number(mailbox.id))};
}

Status allowed(const Mailbox& mailbox, const Actor& who, std::string_view needed) {
    const auto rights = rights_of(mailbox, who);
    if (std::ranges::all_of(needed, [&](char right) { return has(rights, right); })) return {};
    return std::unexpected(denied(mailbox));
}

// The workspace, where he has all of these rights.
Result<Mailbox> standing(CatalogWriter& now, MailboxId id, const Actor& who,
                         std::string_view needed) {
    auto mailbox = now.mailbox(id);
    if (!mailbox) return mailbox;
    if (mailbox->gone || mailbox->kind != MailboxKind::workspace)
        return fail(Errc::not_found, fmt::format("workspace {}", number(id)));
    if (auto may = allowed(*mailbox, who, needed); !may) return std::unexpected(may.error());
    return mailbox;
}

// Those of the owner that are there.
Result<std::vector<Mailbox>> all_of(CatalogWriter& now, const std::string& owner) {
    auto all = now.mailboxes();
    if (!all) return all;
    std::erase_if(*all, [&](const Mailbox& mailbox) {
        return mailbox.kind != MailboxKind::workspace || mailbox.owner != owner || mailbox.gone;
    });
    return all;
}

// The nearest workspace above this name; nullptr where there is none.
const Mailbox* nearest_above(const std::vector<Mailbox>& all, std::string name) {
    for (auto cut = name.rfind('/'); cut != name.npos; cut = name.rfind('/')) {
        name.resize(cut);
        const auto found = std::ranges::find(all, name, &Mailbox::name);
        if (found != all.end()) return &*found;
    }
    return nullptr;
}

// RFC 4314 4: "k" on the nearest that exists; at the top the owner alone.
Status may_make_below(const Mailbox* parent, const std::string& owner, const Actor& who) {
    if (parent) return allowed(*parent, who, "k");
    if (owner == who.user) return {};
    return fail(Errc::denied, "a workspace among those of another user");
}

// RFC 3501 2.3.1.1, as the catalog counts: by the clock, and more than any before.
Result<UidValidity> next_uidvalidity(CatalogWriter& now) {
    const auto all = now.mailboxes();
    if (!all) return std::unexpected(all.error());
    const auto seconds = std::chrono::floor<std::chrono::seconds>(utc_now()).time_since_epoch();
    auto next = static_cast<std::uint32_t>(seconds.count());
    for (const auto& mailbox : *all) next = std::max(next, number(mailbox.uidvalidity) + 1);
    return UidValidity{next};
}

bool same_flag(std::string_view a, std::string_view b) {
    const auto lower = [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    };
    return std::ranges::equal(a, b, {}, lower, lower);
}

// Of the flags before and after, those of the second that he may change.
FlagSet as_allowed(const FlagSet& before, const FlagSet& after, std::string_view rights) {
    FlagSet flags = before;
    std::erase_if(flags, [&](const auto& flag) {
        return has(rights, right_to_flag(flag)) && std::ranges::find(after, flag) == after.end();
    });
    for (const auto& flag : settable(after, rights)) {
        if (std::ranges::find(flags, flag) == flags.end()) flags.push_back(flag);
    }
    return flags;
}

// RFC 4314 4: refused only where it could change nothing that it names.
bool may_change(const Workspaces::FlagChange& change, std::string_view rights) {
    const auto may = [&](std::string_view flag) { return has(rights, right_to_flag(flag)); };
    if (change.how == Workspaces::FlagChange::How::replace && change.flags.empty())
        return may("\\Seen") || may("\\Deleted") || may("\\Flagged");
    return change.flags.empty() || std::ranges::any_of(change.flags, may);
}

FlagSet changed(FlagSet flags, const Workspaces::FlagChange& change) {
    using How = Workspaces::FlagChange::How;
    const auto in = [](const FlagSet& set, const std::string& flag) {
        return std::ranges::any_of(set, [&](const auto& each) { return same_flag(each, flag); });
    };
    if (change.how != How::add)
        std::erase_if(flags, [&](const auto& flag) {
            return in(change.flags, flag) == (change.how == How::remove);
        });
    for (const auto& flag : change.flags) {
        if (change.how != How::remove && !in(flags, flag)) flags.push_back(flag);
    }
    return flags;
}

Result<Filed> placed(const Mailbox& mailbox, std::vector<Filed::Message> messages) {
    constexpr std::uint64_t last_uid = 0xffff'fffe;
    if (number(mailbox.uidnext) + messages.size() > last_uid)
        return fail(Errc::limit, "the workspace has used up its UIDs");
    return Filed{named(mailbox), mailbox.uidnext, std::move(messages)};
}

}  // namespace

Result<MailboxId> Workspaces::make(const Actor& who, const std::string& owner,
                                   const std::string& name,
                                   const std::vector<std::string>& attributes) {
    const auto decided = archive_.decide({}, [&](CatalogWriter& now) -> Result<std::vector<Fact>> {
        const auto all = all_of(now, owner);
        if (!all) return std::unexpected(all.error());
        const auto* parent = nearest_above(*all, name);
        if (auto may = may_make_below(parent, owner, who); !may)
            return std::unexpected(may.error());
        if (std::ranges::find(*all, name, &Mailbox::name) != all->end())
            return fail(Errc::exists, fmt::format("workspace {}", name));
        if (all->size() >= most_of_a_user) return fail(Errc::limit, "too many workspaces");
        const auto uidvalidity = next_uidvalidity(now);
        if (!uidvalidity) return std::unexpected(uidvalidity.error());
        const Workspace made{owner, *uidvalidity};
        std::vector<Fact> facts{WorkspaceNamed{made, name, attributes}};
        for (const auto& [identifier, rights] : parent ? parent->acl : Acl{})
            facts.emplace_back(Granted{made, identifier, rights});
        return facts;
    });
    if (!decided) return std::unexpected(decided.error());
    const auto all = archive_.mailboxes();
    if (!all) return std::unexpected(all.error());
    for (const auto& mailbox : *all) {
        if (mailbox.owner == owner && mailbox.name == name && !mailbox.gone) return mailbox.id;
    }
    return fail(Errc::not_found, fmt::format("workspace {}", name));
}

Status Workspaces::rename(const Actor& who, const std::string& owner, const std::string& from,
                          const std::string& to) {
    return archive_.decide({}, [&](CatalogWriter& now) -> Result<std::vector<Fact>> {
        const auto all = all_of(now, owner);
        if (!all) return std::unexpected(all.error());
        if (auto may = may_make_below(nearest_above(*all, to), owner, who); !may)
            return std::unexpected(may.error());
        std::vector<Fact> facts;
        std::set<std::string> others;
        std::vector<std::string> fresh;
        for (const auto& mailbox : *all) {
            if (mailbox.name != from && !mailbox.name.starts_with(from + "/")) {
                others.insert(mailbox.name);
                continue;
            }
            if (auto may = allowed(mailbox, who, "x"); !may) return std::unexpected(may.error());
            fresh.push_back(to + mailbox.name.substr(from.size()));
            facts.emplace_back(WorkspaceNamed{named(mailbox), fresh.back(), mailbox.attributes});
        }
        if (facts.empty()) return fail(Errc::not_found, fmt::format("workspace {}", from));
        for (const auto& name : fresh) {
            if (others.contains(name)) return fail(Errc::exists, fmt::format("workspace {}", name));
        }
        return facts;
    });
}

Status Workspaces::remove(const Actor& who, MailboxId workspace) {
    return archive_.decide({}, [&](CatalogWriter& now) -> Result<std::vector<Fact>> {
        const auto mailbox = standing(now, workspace, who, "x");
        if (!mailbox) return std::unexpected(mailbox.error());
        return std::vector<Fact>{WorkspaceDeleted{named(*mailbox)}};
    });
}

Status Workspaces::grant(const Actor& who, MailboxId workspace, const std::string& identifier,
                         const Grant& grant) {
    return archive_.decide({}, [&](CatalogWriter& now) -> Result<std::vector<Fact>> {
        const auto mailbox = standing(now, workspace, who, "a");
        if (!mailbox) return std::unexpected(mailbox.error());
        if (identifier == mailbox->owner || identifier == "-" + mailbox->owner)
            return fail(Errc::invalid, "the owner has all rights");
        const auto known = mailbox->acl.find(identifier);
        const std::string before = known == mailbox->acl.end() ? std::string() : known->second;
        std::string after = grant.rights;
        if (grant.how == Grant::How::add) after = rights_named(before + grant.rights).value_or("");
        if (grant.how == Grant::How::remove) {
            after = before;
            std::erase_if(after, [&](char right) { return has(grant.rights, right); });
        }
        if (before.empty() && mailbox->acl.size() >= most_grants)
            return fail(Errc::limit, "too many grants");
        return std::vector<Fact>{Granted{named(*mailbox), identifier, std::move(after)}};
    });
}

Result<Workspaces::Stood> Workspaces::append(const Actor& who, MailboxId workspace,
                                             std::vector<Incoming> messages) {
    std::vector<Blob> octets;
    std::vector<Filed::Message> entries;
    for (auto& message : messages) {
        entries.push_back({sha256(message.octets.view()), message.date, std::move(message.flags)});
        octets.push_back(std::move(message.octets));
    }
    return file(who, workspace, std::move(octets), std::move(entries));
}

Result<Workspaces::Stood> Workspaces::copy(const Actor& who, MailboxId workspace,
                                           std::vector<Filed::Message> messages) {
    return file(who, workspace, {}, std::move(messages));
}

Result<Workspaces::Stood> Workspaces::file(const Actor& who, MailboxId workspace,
                                           std::vector<Blob> octets,
                                           std::vector<Filed::Message> messages) {
    Stood stood;
    auto decision = [&](CatalogWriter& now) -> Result<std::vector<Fact>> {
        const auto mailbox = standing(now, workspace, who, "i");
        if (!mailbox) return std::unexpected(mailbox.error());
        const auto rights = rights_of(*mailbox, who);
        for (auto& message : messages) message.flags = settable(std::move(message.flags), rights);
        auto filed = placed(*mailbox, std::move(messages));
        if (!filed) return std::unexpected(filed.error());
        stood = {mailbox->uidvalidity, filed->first};
        return std::vector<Fact>{std::move(*filed)};
    };
    const auto decided = archive_.decide(std::move(octets), std::move(decision));
    if (!decided) return std::unexpected(decided.error());
    return stood;
}

Result<Workspaces::Stood> Workspaces::move(const Actor& who, MailboxId from, MailboxId to,
                                           std::vector<Leaving> messages) {
    Stood stood;
    auto decision = [&](CatalogWriter& now) -> Result<std::vector<Fact>> {
        const auto source = standing(now, from, who, "te");  // RFC 6851 4.4
        if (!source) return std::unexpected(source.error());
        const auto target = standing(now, to, who, "i");
        if (!target) return std::unexpected(target.error());
        std::vector<Uid> uids;
        for (const auto& message : messages) uids.push_back(message.uid);
        const auto there = now.entries(from, uids);
        if (!there) return std::unexpected(there.error());
        std::set<Uid> left;
        for (const auto& entry : *there) left.insert(entry.uid);
        std::vector<Filed::Message> moved;
        for (auto& message : messages) {
            if (!left.contains(message.uid)) continue;
            message.message.flags =
                settable(std::move(message.message.flags), rights_of(*target, who));
            moved.push_back(std::move(message.message));
            stood.sources.push_back(message.uid);
        }
        if (moved.empty()) return std::vector<Fact>{};
        auto filed = placed(*target, std::move(moved));
        if (!filed) return std::unexpected(filed.error());
        stood.uidvalidity = target->uidvalidity;
        stood.first = filed->first;
        // In this order: what a crash cuts off leaves a message in both, never in none.
        return std::vector<Fact>{std::move(*filed), Unfiled{named(*source), stood.sources}};
    };
    const auto decided = archive_.decide({}, std::move(decision));
    if (!decided) return std::unexpected(decided.error());
    return stood;
}

Result<std::vector<Uid>> Workspaces::flag(const Actor& who, MailboxId id,
                                          const std::vector<Uid>& uids, const FlagChange& change) {
    std::vector<Uid> modified;
    auto decision = [&](CatalogWriter& now) -> Result<std::vector<Fact>> {
        const auto mailbox = now.mailbox(id);
        if (!mailbox) return std::unexpected(mailbox.error());
        if (mailbox->gone) return fail(Errc::not_found, fmt::format("mailbox {}", number(id)));
        const bool shared = mailbox->kind == MailboxKind::workspace;
        const auto rights = shared ? rights_of(*mailbox, who) : std::string("sw");
        if (!may_change(change, rights)) return std::unexpected(denied(*mailbox));
        const auto there = now.entries(id, uids, who.user);
        if (!there) return std::unexpected(there.error());
        std::map<FlagSetId, std::vector<Uid>> alike;
        for (const auto& entry : *there) {
            if (change.unchanged_since && entry.modseq > *change.unchanged_since)
                modified.push_back(entry.uid);
            else
                alike[entry.flags].push_back(entry.uid);
        }
        std::vector<Fact> facts;
        for (auto& [flags, those] : alike) {
            const auto before = now.flag_set(flags);
            if (!before) return std::unexpected(before.error());
            auto after = as_allowed(*before, changed(*before, change), rights);
            if (after.size() > most_flags) return fail(Errc::limit, "too many flags");
            if (after == *before) continue;
            if (shared)
                facts.emplace_back(Flagged{named(*mailbox), std::move(those), std::move(after)});
            else
                facts.emplace_back(PersonallyFlagged{who.user, mailbox->account,
                                                     mailbox->origin_name, std::move(those),
                                                     std::move(after)});
        }
        return facts;
    };
    const auto decided = archive_.decide({}, std::move(decision));
    if (!decided) return std::unexpected(decided.error());
    return modified;
}

Status Workspaces::expunge(const Actor& who, MailboxId workspace, const std::vector<Uid>& uids) {
    return archive_.decide({}, [&](CatalogWriter& now) -> Result<std::vector<Fact>> {
        const auto mailbox = standing(now, workspace, who, "e");
        if (!mailbox) return std::unexpected(mailbox.error());
        const auto there = now.entries(workspace, uids);
        if (!there) return std::unexpected(there.error());
        Unfiled unfiled{named(*mailbox), {}};
        for (const auto& entry : *there) {
            const auto flags = now.flag_set(entry.flags);
            if (!flags) return std::unexpected(flags.error());
            if (std::ranges::find(*flags, "\\Deleted") != flags->end())
                unfiled.uids.push_back(entry.uid);
        }
        if (unfiled.uids.empty()) return std::vector<Fact>{};
        return std::vector<Fact>{std::move(unfiled)};
    });
}

Status Workspaces::subscribe(const std::string& user, const std::string& mailbox, bool wanted) {
    return archive_.ingest({}, {Subscribed{user, mailbox, wanted}});
}

}  // namespace mailhold::store
