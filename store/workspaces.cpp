#include "store/workspaces.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "store/workspace_rules.hpp"

namespace mailhold::store {

using namespace rules;

Workspaces::Usage Workspaces::usage(const std::vector<Mailbox>& all, const std::string& owner) {
    Usage used;
    for (const auto& mailbox : all) {
        if (mailbox.kind != MailboxKind::workspace || mailbox.owner != owner || mailbox.gone)
            continue;
        used.octets += mailbox.octets;
        used.messages += mailbox.messages;
        ++used.workspaces;
    }
    return used;
}

// `appended`: octets that are not stored yet; 0 where all are. `leaving`: what goes at the same time.
Status Workspaces::has_room(CatalogWriter& now, const Mailbox& workspace,
                            const std::vector<Filed::Message>& messages, std::uint64_t appended,
                            const Usage& leaving) const {
    const auto quota = quota_of(workspace.owner);
    if (quota == Quota{}) return {};
    const auto all = now.mailboxes();
    if (!all) return std::unexpected(all.error());
    const auto octets =
        appended > 0 || !quota.octets ? Result<std::uint64_t>(appended) : octets_of(now, messages);
    if (!octets) return std::unexpected(octets.error());
    auto used = usage(*all, workspace.owner);
    used.octets -= leaving.octets;
    used.messages -= leaving.messages;
    return fits(used, quota, {*octets, messages.size(), 0});
}

Result<MailboxId> Workspaces::make(const Actor& who, const std::string& owner,
                                   const std::string& name,
                                   const std::vector<std::string>& attributes, MailboxKind kind) {
    const auto decided = archive_.decide({}, [&](CatalogWriter& now) -> Result<std::vector<Fact>> {
        const auto all = all_of(now, owner, kind);
        if (!all) return std::unexpected(all.error());
        const auto* parent = nearest_above(*all, name);
        if (auto may = may_make_below(parent, owner, who); !may)
            return std::unexpected(may.error());
        if (std::ranges::find(*all, name, &Mailbox::name) != all->end())
            return fail(Errc::exists, fmt::format("workspace {}", name));
        if (all->size() >= most_of_a_user) return fail(Errc::limit, "too many workspaces");
        const Usage more{.workspaces = kind == MailboxKind::workspace ? 1U : 0U};
        if (auto room = fits(usage(*all, owner), quota_of(owner), more); !room)
            return std::unexpected(room.error());
        const auto uidvalidity = next_uidvalidity(now);
        if (!uidvalidity) return std::unexpected(uidvalidity.error());
        const Workspace made{owner, *uidvalidity};
        std::vector<Fact> facts{
            WorkspaceNamed{made, name, attributes, kind == MailboxKind::search}};
        for (const auto& [identifier, rights] : parent ? parent->acl : Acl{})
            facts.emplace_back(Granted{made, identifier, rights});
        return facts;
    });
    if (!decided) return std::unexpected(decided.error());
    const auto all = archive_.mailboxes();
    if (!all) return std::unexpected(all.error());
    for (const auto& mailbox : *all) {
        if (mailbox.kind == kind && mailbox.owner == owner && mailbox.name == name && !mailbox.gone)
            return mailbox.id;
    }
    return fail(Errc::not_found, fmt::format("workspace {}", name));
}

Status Workspaces::rename(const Actor& who, const std::string& owner, const std::string& from,
                          const std::string& to, MailboxKind kind) {
    return archive_.decide({}, [&](CatalogWriter& now) -> Result<std::vector<Fact>> {
        const auto all = all_of(now, owner, kind);
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
            facts.emplace_back(WorkspaceNamed{named(mailbox), fresh.back(), mailbox.attributes,
                                              kind == MailboxKind::search});
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
        const auto mailbox = now.mailbox(workspace);
        if (!mailbox) return std::unexpected(mailbox.error());
        const bool is_made =
            mailbox->kind == MailboxKind::workspace || mailbox->kind == MailboxKind::search;
        if (!is_made || mailbox->gone)
            return fail(Errc::not_found, fmt::format("workspace {}", number(workspace)));
        if (auto may = allowed(*mailbox, who, "x"); !may) return std::unexpected(may.error());
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
    std::uint64_t appended = 0;
    for (const auto& blob : octets) appended += blob.size();
    auto decision = [&](CatalogWriter& now) -> Result<std::vector<Fact>> {
        const auto mailbox = standing(now, workspace, who, "i");
        if (!mailbox) return std::unexpected(mailbox.error());
        if (auto room = has_room(now, *mailbox, messages, appended, {}); !room)
            return std::unexpected(room.error());
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
        if (source->owner != target->owner) {
            if (auto room = has_room(now, *target, moved, 0, {}); !room)
                return std::unexpected(room.error());
        }
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

Result<Workspaces::Stood> Workspaces::replace(const Actor& who, Standing replaced, MailboxId to,
                                              Incoming message) {
    Stood stood;
    const auto size = message.octets.size();
    std::vector<Filed::Message> messages{
        {sha256(message.octets.view()), message.date, std::move(message.flags)}};
    auto decision = [&](CatalogWriter& now) -> Result<std::vector<Fact>> {
        const auto source = standing(now, replaced.mailbox, who, "te");
        if (!source) return std::unexpected(source.error());
        const auto target = standing(now, to, who, "i");
        if (!target) return std::unexpected(target.error());
        const auto there = now.entries(replaced.mailbox, {&replaced.uid, 1});
        if (!there) return std::unexpected(there.error());
        if (there->empty()) return fail(Errc::not_found, "the message to be replaced");
        const bool same = source->owner == target->owner;
        const Usage leaving = same ? Usage{there->front().size, 1, 0} : Usage{};
        if (auto room = has_room(now, *target, messages, size, leaving); !room)
            return std::unexpected(room.error());
        messages.front().flags =
            settable(std::move(messages.front().flags), rights_of(*target, who));
        auto filed = placed(*target, std::move(messages));
        if (!filed) return std::unexpected(filed.error());
        stood = {target->uidvalidity, filed->first, {replaced.uid}};
        // In this order, as in move().
        return std::vector<Fact>{std::move(*filed), Unfiled{named(*source), stood.sources}};
    };
    std::vector<Blob> octets;
    octets.push_back(std::move(message.octets));
    const auto decided = archive_.decide(std::move(octets), std::move(decision));
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
        if (!shared && !mailbox->owner.empty()) return std::unexpected(denied(*mailbox));
        auto rights = shared ? rights_of(*mailbox, who) : std::string("sw");
        if (!change.deletes) std::erase(rights, 't');
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

Result<std::vector<NoteName>> Workspaces::annotate(const Actor& who, MailboxId id,
                                                   const std::vector<NoteChange>& changes) {
    std::vector<NoteName> changed;
    const auto done = archive_.decide({}, [&](CatalogWriter& now) -> Result<std::vector<Fact>> {
        Mailbox mailbox;
        if (id != the_server) {
            auto known = now.mailbox(flagged_as(id));
            if (!known) return std::unexpected(known.error());
            mailbox = std::move(*known);
        }
        if (mailbox.gone) return fail(Errc::not_found, fmt::format("mailbox {}", number(id)));
        if (mailbox.kind == MailboxKind::all_mail && !mailbox.owner.empty())
            return std::unexpected(denied(mailbox));
        const bool writable = mailbox.kind == MailboxKind::workspace && id != the_server &&
                              has(rights_of(mailbox, who), 'w');
        const auto known = now.notes(who.user, id);
        if (!known) return std::unexpected(known.error());
        auto after = *known;
        std::vector<Fact> facts;
        for (const auto& change : changes) {
            if (change.shared && !writable) return std::unexpected(denied(mailbox));
            const auto old = std::ranges::find_if(after, [&](const Note& note) {
                return note.shared == change.shared && note.entry == change.entry;
            });
            const bool is_there = old != after.end();
            if (is_there ? change.value == old->value : !change.value) continue;
            if (is_there) after.erase(old);
            if (change.value) after.push_back({change.shared, change.entry, *change.value});
            Annotated fact{.user = change.shared ? std::string() : who.user,
                           .account = mailbox.account,
                           .mailbox = mailbox.origin_name,
                           .workspace = {},
                           .entry = change.entry,
                           .value = change.value};
            if (mailbox.account.empty() && id != the_server) fact.workspace = named(mailbox);
            changed.push_back({fact.user, flagged_as(id), fact.entry});
            facts.emplace_back(std::move(fact));
        }
        for (const bool shared : {false, true}) {
            if (std::ranges::count(after, shared, &Note::shared) > std::ptrdiff_t{most_notes})
                return fail(Errc::limit, "too many notes");
        }
        return facts;
    });
    if (!done) return std::unexpected(done.error());
    return changed;
}

Status Workspaces::subscribe(const std::string& user, const std::string& mailbox, bool wanted) {
    return archive_.ingest({}, {Subscribed{user, mailbox, wanted}});
}

}  // namespace mailhold::store
