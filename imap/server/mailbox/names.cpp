#include "imap/server/mailbox/names.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>

#include "imap/server/ascii.hpp"
#include "imap/server/mailbox/everything.hpp"
#include "indexer/text/composed.hpp"

namespace mailhold::imap::server {
namespace {

constexpr std::string_view inbox = "INBOX";
constexpr std::size_t longest_pattern = 1024;  // longer ones match nothing

// \All is ours alone to give: to the mailbox that truly holds everything.
constexpr std::array<std::string_view, 6> mirrored_uses = {"\\Archive", "\\Drafts", "\\Flagged",
                                                           "\\Junk",    "\\Sent",   "\\Trash"};

bool has_attribute(const store::Mailbox& mailbox, std::string_view attribute) {
    return std::ranges::any_of(mailbox.attributes, [&](const std::string& each) {
        return equal_ignoring_case(each, attribute);
    });
}

Name name_of(const store::Mailbox& mailbox, std::string full) {
    Name name;
    name.full = std::move(full);
    if (mailbox.kind == store::MailboxKind::all_mail) {
        name.special_use = {"\\All"};
    } else {
        for (const std::string_view use : mirrored_uses) {
            if (has_attribute(mailbox, use)) name.special_use.emplace_back(use);
        }
    }
    const bool selectable =
        !has_attribute(mailbox, "\\NoSelect") && !has_attribute(mailbox, "\\NonExistent");
    if (selectable) name.mailbox = &mailbox;
    return name;
}

// For its name: what is in it is another thing (everything.hpp).
const store::Mailbox& everything_mailbox() {
    static const store::Mailbox mailbox = [] {
        store::Mailbox made;
        made.id = everything_id;
        made.kind = store::MailboxKind::everything;
        return made;
    }();
    return mailbox;
}

// A mailbox that follows an origin, and that of all ever seen in it, are granted together.
bool granted(const store::Mailbox& mailbox, const User& user) {
    if (std::ranges::find(user.accounts, mailbox.account) != user.accounts.end()) return true;
    if (mailbox.kind == store::MailboxKind::all_mail) return false;
    return std::ranges::any_of(user.grants, [&](const Grant& grant) {
        return grant.account == mailbox.account &&
               std::ranges::any_of(grant.mailboxes, [&](const std::string& pattern) {
                   return matches_pattern(pattern, mailbox.name);
               });
    });
}

}  // namespace

std::string full_name(const store::Mailbox& mailbox, const User& user) {
    if (mailbox.kind == store::MailboxKind::everything) return std::string(all_mail_root);
    if (mailbox.kind == store::MailboxKind::workspace || mailbox.kind == store::MailboxKind::search)
        return as_seen({mailbox.owner, mailbox.name, mailbox.kind}, user);
    if (mailbox.kind == store::MailboxKind::all_mail) {
        return fmt::format("{}/{}", all_mail_root,
                           mailbox.account.empty() ? workspaces_root : mailbox.account);
    }
    if (mailbox.kind == store::MailboxKind::ever_seen) {
        return std::string(ever_seen_root) + "/" + mailbox.account + "/" + mailbox.name;
    }
    if (!user.accounts.empty() && mailbox.account == user.accounts.front() &&
        equal_ignoring_case(mailbox.name, inbox)) {
        return std::string(inbox);
    }
    return mailbox.account + "/" + mailbox.name;
}

store::Actor actor(const User& user) {
    return {user.name, user.groups};
}

std::string rights_in(const store::Mailbox& mailbox, const User& user, std::string_view flags) {
    if (mailbox.kind == store::MailboxKind::workspace)
        return store::rights_of(mailbox, actor(user));
    if (mailbox.kind == store::MailboxKind::everything) return "lr" + std::string(flags);
    if (!mailbox.owner.empty()) {
        if (mailbox.owner != user.name) return {};
        return mailbox.kind == store::MailboxKind::search ? "lrkx" : "lr";
    }
    return granted(mailbox, user) ? "lr" + std::string(flags) : std::string();
}

std::vector<Name> visible_names(const std::vector<store::Mailbox>& mailboxes, const User& user,
                                std::string_view flags) {
    std::map<std::string, Name> tree;
    std::map<MailboxId, std::uint32_t> standing;  // messages now, by the mailbox of all ever seen
    for (const store::Mailbox& mailbox : mailboxes) {
        if (mailbox.kind == store::MailboxKind::mirrored)
            standing[store::ever_seen_of(mailbox.id)] = mailbox.messages;
    }
    for (const store::Mailbox& mailbox : mailboxes) {
        auto rights = rights_in(mailbox, user, flags);
        if (rights.empty()) continue;
        if (mailbox.gone && mailbox.messages == 0) continue;
        if (mailbox.kind == store::MailboxKind::ever_seen &&
            mailbox.messages <= standing[mailbox.id])
            continue;  // nothing has vanished from it
        std::string full = full_name(mailbox, user);
        Name name = name_of(mailbox, full);
        name.rights = std::move(rights);
        // Where two would have one name, the one that the origin still lists has it.
        const auto [place, added] = tree.try_emplace(full, name);
        if (!added && place->second.mailbox && place->second.mailbox->gone) place->second = name;
    }
    if (sources_of(mailboxes, user).size() > 1) {  // of only one it would be the same again
        for (auto& [full, name] : tree) std::erase(name.special_use, "\\All");
        const auto& all = everything_mailbox();
        tree[std::string(all_mail_root)] =
            Name{std::string(all_mail_root), {"\\All"}, &all, false, "lr" + std::string(flags)};
    }
    std::vector<std::string> own;
    for (const auto& [full, name] : tree) {
        if (store::has(name.rights, 'l')) own.push_back(full);
    }
    for (std::string child : own) {
        for (auto cut = child.rfind('/'); cut != std::string::npos; cut = child.rfind('/')) {
            child.resize(cut);
            Name& parent = tree[child];
            if (parent.has_children) break;  // and so have all above it
            parent.full = child;
            parent.has_children = true;
        }
    }
    std::vector<Name> names;
    if (auto first = tree.extract(std::string(inbox))) names.push_back(std::move(first.mapped()));
    for (auto& [full, name] : tree) names.push_back(std::move(name));
    return names;
}

std::vector<const store::Mailbox*> sources_of(const std::vector<store::Mailbox>& mailboxes,
                                              const User& user) {
    std::vector<const store::Mailbox*> sources;
    for (const auto& mailbox : mailboxes) {
        const bool in_part =
            mailbox.kind == store::MailboxKind::ever_seen &&
            std::ranges::find(user.accounts, mailbox.account) == user.accounts.end();
        if ((mailbox.kind == store::MailboxKind::all_mail || in_part) &&
            !rights_in(mailbox, user, {}).empty())
            sources.push_back(&mailbox);
    }
    return sources;
}

std::vector<std::string> forms(std::string_view name) {
    std::vector<std::string> forms{std::string(name)};
    for (auto form : {indexer::text::composed(name), indexer::text::decomposed(name)})
        if (std::ranges::find(forms, form) == forms.end()) forms.push_back(std::move(form));
    return forms;
}

const Name* find_name(const std::vector<Name>& names, std::string_view full) {
    const std::string_view wanted = equal_ignoring_case(full, inbox) ? inbox : full;
    auto place = names.end();
    for (const auto& form : forms(wanted)) {
        if (place == names.end()) place = std::ranges::find(names, form, &Name::full);
    }
    if (place != names.end() && place->mailbox) return &*place;
    if (!names.empty() && names.front().full == inbox && names.front().mailbox) {
        const auto& mailbox = *names.front().mailbox;
        if (full == mailbox.account + "/" + mailbox.name) return &names.front();
    }
    return place == names.end() ? nullptr : &*place;
}

std::size_t levels(std::string_view name) {
    return static_cast<std::size_t>(std::ranges::count(name, '/')) + 1;
}

std::string without_runs(std::string_view pattern) {
    std::string simple;
    for (const char c : pattern) {
        const bool in_run = !simple.empty() && (simple.back() == '*' || simple.back() == '%');
        if (!in_run || (c != '*' && c != '%'))
            simple += c;
        else if (c == '*')
            simple.back() = '*';
    }
    return simple;
}

bool matches_pattern(std::string_view pattern, std::string_view name) {
    if (pattern.size() > longest_pattern) return false;
    const bool any_case = name == inbox;
    // reached[i]: the pattern so far can end after name[0, i), and nowhere before `first`. No
    // backtracking, so no pattern is slow.
    std::vector<char> reached(name.size() + 1, 0);
    reached[0] = 1;
    std::size_t first = 0;
    for (const char c : pattern) {
        if (c == '*') {
            std::fill(reached.begin() + static_cast<std::ptrdiff_t>(first), reached.end(), 1);
        } else if (c == '%') {
            for (std::size_t i = first; i < name.size(); ++i) {
                if (reached[i] && name[i] != '/') reached[i + 1] = 1;
            }
        } else {
            const char wanted = any_case ? upper(c) : c;
            for (std::size_t i = name.size(); i > first; --i)
                reached[i] = reached[i - 1] && name[i - 1] == wanted;
            reached[first] = 0;
            while (first < name.size() && !reached[first]) ++first;
            if (!reached[first]) return false;
        }
    }
    return reached.back() != 0;
}

std::string as_seen(const WorkspaceName& workspace, const User& user) {
    if (workspace.kind == store::MailboxKind::search)
        return fmt::format("{}/{}", searches_root, workspace.name);
    if (workspace.owner == user.name) return std::string(workspaces_root) + "/" + workspace.name;
    return std::string(shared_root) + "/" + workspace.owner + "/" + workspace.name;
}

std::optional<WorkspaceName> workspace_name(std::string_view full, std::string_view user) {
    constexpr std::size_t longest = 500;
    auto owner = user;
    auto name = full;
    auto kind = store::MailboxKind::workspace;
    if (is_below(full, workspaces_root)) {
        name.remove_prefix(workspaces_root.size() + 1);
    } else if (is_below(full, searches_root)) {
        name.remove_prefix(searches_root.size() + 1);
        kind = store::MailboxKind::search;
    } else if (is_below(full, shared_root)) {
        name.remove_prefix(shared_root.size() + 1);
        const auto cut = std::min(name.find('/'), name.size());
        owner = name.substr(0, cut);
        name.remove_prefix(std::min(cut + 1, name.size()));
        if (owner.empty() || owner == user) return std::nullopt;
    } else {
        return std::nullopt;
    }
    if (name.ends_with('/')) name.remove_suffix(1);  // RFC 3501 6.3.3: it means to hold others
    const bool strange = std::ranges::any_of(name, [](char c) {
        return static_cast<unsigned char>(c) < 0x20 || c == 0x7f || c == '*' || c == '%';
    });
    if (name.empty() || name.size() > longest || strange || name.starts_with('/') ||
        name.ends_with('/') || name.contains("//"))
        return std::nullopt;
    return WorkspaceName{std::string(owner), std::string(name), kind};
}

bool is_below(std::string_view name, std::string_view parent) {
    return name.size() > parent.size() && name.starts_with(parent) && name[parent.size()] == '/';
}

}  // namespace mailhold::imap::server
