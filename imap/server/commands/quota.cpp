// GETQUOTA and GETQUOTAROOT (RFC 9208): what the workspaces of a user may hold together. The quota
// root is called as he is; mailboxes that follow an origin have none.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "imap/server/commands/commands.hpp"
#include "imap/wire/encode.hpp"

namespace mailhold::imap::server {
namespace {

Result<std::string> quota_text(const State& state, const std::string& owner) {
    const auto all = state.backend.cache.mailboxes();
    if (!all) return std::unexpected(all.error());
    const auto quota = state.backend.workspaces.quota_of(owner);
    const auto used = store::Workspaces::usage(**all, owner);
    constexpr std::uint64_t unit = 1024;  // of STORAGE (RFC 9208 5.1)
    std::vector<std::string> resources;
    if (quota.octets)
        resources.push_back(
            fmt::format("STORAGE {} {}", (used.octets + unit - 1) / unit, *quota.octets / unit));
    if (quota.messages)
        resources.push_back(fmt::format("MESSAGE {} {}", used.messages, *quota.messages));
    if (quota.workspaces)
        resources.push_back(fmt::format("MAILBOX {} {}", used.workspaces, *quota.workspaces));
    return fmt::format("* QUOTA {} ({})\r\n", wire::astring_text(owner), fmt::join(resources, " "));
}

}  // namespace

Reply run(State& state, const wire::GetQuota& command, Output& out) {
    if (command.root != state.user->name) return no("NONEXISTENT", "There is no such quota root");
    const auto text = quota_text(state, command.root);
    if (!text) return failed(text.error());
    out.add(*text);
    return ok("This is it");
}

Reply run(State& state, const wire::GetQuotaRoot& command, Output& out) {
    const auto mailbox = find_mailbox(state, command.mailbox);
    if (!mailbox) return mailbox.error();
    const auto name = wire::mailbox_text(command.mailbox, state.enabled.names());
    if (mailbox->kind != store::MailboxKind::workspace) {
        out.add(fmt::format("* QUOTAROOT {}\r\n", name));
        return ok("It has none");
    }
    const auto text = quota_text(state, mailbox->owner);
    if (!text) return failed(text.error());
    out.add(fmt::format("* QUOTAROOT {} {}\r\n", name, wire::astring_text(mailbox->owner)));
    out.add(*text);
    return ok("This is it");
}

}  // namespace mailhold::imap::server
