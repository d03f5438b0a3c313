#include "store/workspace_rules.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace mailhold::store::rules {

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

Result<Mailbox> standing(CatalogWriter& now, MailboxId id, const Actor& who,
                         std::string_view needed) {
    auto mailbox = now.mailbox(id);
    if (!mailbox) return mailbox;
    if (mailbox->gone || mailbox->kind != MailboxKind::workspace)
        return fail(Errc::not_found, fmt::format("workspace {}", number(id)));
    if (auto may = allowed(*mailbox, who, needed); !may) return std::unexpected(may.error());
    return mailbox;
}

Result<std::vector<Mailbox>> all_of(CatalogWriter& now, const std::string& owner,
                                    MailboxKind kind) {
    auto all = now.mailboxes();
    if (!all) return all;
    std::erase_if(*all, [&](const Mailbox& mailbox) {
        return mailbox.kind != kind || mailbox.owner != owner || mailbox.gone;
    });
    return all;
}

Status fits(const Workspaces::Usage& used, const Quota& quota, const Workspaces::Usage& more) {
    const auto over = [](std::uint64_t before, std::uint64_t after,
                         const std::optional<std::uint64_t>& most) {
        return most && after > 0 && before + after > *most;
    };
    if (!over(used.octets, more.octets, quota.octets) &&
        !over(used.messages, more.messages, quota.messages) &&
        !over(used.workspaces, more.workspaces, quota.workspaces))
        return {};
    return fail(Errc::no_space, "the quota of the workspaces' owner is used up");
}

Result<std::uint64_t> octets_of(CatalogWriter& now, const std::vector<Filed::Message>& messages) {
    std::uint64_t octets = 0;
    for (const auto& message : messages) {
        const auto stored = now.find(message.digest);
        if (!stored) return std::unexpected(stored.error());
        if (*stored) octets += (*stored)->size;
    }
    return octets;
}

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

namespace {

bool same_flag(std::string_view a, std::string_view b) {
    const auto lower = [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    };
    return std::ranges::equal(a, b, {}, lower, lower);
}

}  // namespace

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

}  // namespace mailhold::store::rules
